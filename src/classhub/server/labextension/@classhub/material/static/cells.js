// A notebook as JSON, and one that is shown: brought to a new version cell by cell, so that one that runs keeps its output.
import { inOrder } from './order.js';

// Carries what is different between two texts of a notebook over to the tab that showed the first one. Says whether that could be
// done; where not, nothing was changed. What was typed or printed since then stays, and "undo" takes none of it back.
export function putCells(model, mine, wanted) {
  const [was, next, now] = [mine, wanted, model.cells ? JSON.stringify(model.toJSON()) : ''].map(notebookIn);
  if (!was || !next || !now || !isOfOneKind(was, next)) {
    return false;
  }
  const stay = new Map(staying(was, next));
  if (!isUntouched(was, next, now, stay)) {
    return false;
  }
  const notebook = model.sharedModel;
  const shown = [...notebook.cells]; // its list is renewed only after the transaction
  notebook.transact(() => {
    const came = new Map([...stay].map(([from, to]) => [to, from]));
    backwards(shown).filter(index => !stay.has(index)).forEach(index => notebook.deleteCell(index));
    next.cells.forEach((cell, index) => {
      if (came.has(index)) {
        putCell(shown[came.get(index)], was.cells[came.get(index)], cell);
      } else {
        notebook.insertCell(index, cell);
      }
    });
    if (stable(aboutCourse(was)) !== stable(aboutCourse(next))) {
      notebook.setMetadata({ ...aboutKernel(next), ...aboutKernel(now), ...aboutCourse(next) });
    }
  }, false);
  stay.forEach((to, from) => putOutput(model.cells.get(to), was.cells[from], next.cells[to]));
  return true;
}

function backwards(list) {
  return [...list.keys()].reverse();
}

// Cells of other notebooks have no names to know them by; what a student has changed in those, nobody merges.
function isOfOneKind(was, next) {
  const areNamed = notebook => new Set(notebook.cells.map(cell => cell.id).filter(Boolean)).size === notebook.cells.length;
  const kernels = [was, next].map(notebook => notebook.metadata.kernelspec && notebook.metadata.kernelspec.name).filter(Boolean);
  const isOneFormat = ['nbformat', 'nbformat_minor'].every(one => was[one] === next[one]);
  return isOneFormat && [was, next].every(areNamed) && new Set(kernels).size < 2;
}

// [place in the one, place in the other] of the cells that stay.
function staying(...notebooks) {
  return inOrder(...notebooks.map(notebook => notebook.cells.map(cell => stable([cell.id, kind(cell)]))));
}

// Since the first text, nobody changed what is to be changed now.
function isUntouched(was, next, now, stay) {
  const ids = notebook => stable(notebook.cells.map(cell => [cell.id, cell.cell_type]));
  const isFree = (cell, index) => {
    const shown = now.cells[index];
    return stay.has(index)
      ? essence(shown) === essence(cell) || essence(cell) === essence(next.cells[stay.get(index)])
      : essence(shown) === essence(cell) && isSameOutput(shown, cell);
  };
  return ids(was) === ids(now) && stable(aboutCourse(was)) === stable(aboutCourse(now)) && was.cells.every(isFree);
}

function putCell(shown, was, next) {
  if (was.source !== next.source) {
    shown.setSource(next.source);
  }
  const { trusted, ...others } = shown.toJSON().metadata || {};
  if (stable(metadataOf(was)) !== stable(metadataOf(next))) {
    Object.keys(others).filter(key => !(key in next.metadata)).forEach(key => shown.deleteMetadata(key));
    shown.setMetadata({ ...metadataOf(next), ...(trusted === undefined ? {} : { trusted }) });
  }
}

// Of one that printed since, what it printed stays. Not part of a transaction, after which JupyterLab would add it once more.
function putOutput(shown, was, next) {
  if (next.outputs && !isSameOutput(was, next) && isSameOutput(plain(shown.toJSON()), was)) {
    shown.outputs.fromJSON(next.outputs);
    shown.executionCount = next.execution_count ?? null;
  }
}

// Do two texts show the same? Of notebooks what each tab knows of its kernel and of trust is no difference.
export function isSame(one, other) {
  const notebooks = [one, other].map(notebookIn);
  const all = notebook => notebook && stable([aboutCourse(notebook), notebook.cells.map(cell => [essence(cell), outputOf(cell)])]);
  return one === other || (notebooks.every(Boolean) && all(notebooks[0]) === all(notebooks[1]));
}

// null: text that is no notebook.
function notebookIn(text) {
  try {
    const read = JSON.parse(text);
    return read && Array.isArray(read.cells) ? { ...read, metadata: read.metadata || {}, cells: read.cells.map(plain) } : null;
  } catch (error) {
    return null;
  }
}

// Lines that a file holds one by one are one text.
function plain(cell) {
  const outputs = cell.outputs && { outputs: cell.outputs.map(plainOutput) };
  return { ...cell, metadata: cell.metadata || {}, source: joined(cell.source), ...outputs };
}

function plainOutput(output) {
  const data = Object.entries(output.data || {}).map(([type, value]) => [type, type.endsWith('json') ? value : joined(value)]);
  return {
    ...output,
    ...(output.text === undefined ? {} : { text: joined(output.text) }),
    ...(output.data ? { data: Object.fromEntries(data) } : {})
  };
}

function joined(value) {
  return Array.isArray(value) ? value.join('') : value;
}

function kind(cell) {
  return [cell.cell_type, cell.attachments || {}];
}

function essence(cell) {
  return stable([cell.id, kind(cell), metadataOf(cell), cell.source]);
}

function outputOf(cell) {
  return [cell.outputs || [], cell.execution_count ?? null];
}

function isSameOutput(one, other) {
  return stable(outputOf(one)) === stable(outputOf(other));
}

// Without what says whose output it is, which each tab knows for itself.
function metadataOf(cell) {
  const { trusted, ...others } = cell.metadata;
  return others;
}

function aboutCourse(notebook) {
  const { kernelspec, language_info, orig_nbformat, ...others } = notebook.metadata;
  return others;
}

function aboutKernel({ metadata: { kernelspec, language_info } }) {
  return { ...(kernelspec && { kernelspec }), ...(language_info && { language_info }) };
}

function stable(value) {
  const sorted = (_, one) =>
    one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  return JSON.stringify(value, sorted);
}
