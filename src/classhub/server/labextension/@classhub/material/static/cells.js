// A notebook as JSON, and one that is shown: brought to a new version cell by cell, so that one that runs keeps its output.

// Whether it could be done so; where not, nothing was changed. What came in is no step that "undo" takes back.
export function putCells(model, content) {
  const wanted = parsed(content);
  const shown = model.cells && model.toJSON();
  if (!shown || !wanted || !canBePut(shown, wanted)) {
    return false;
  }
  const notebook = model.sharedModel;
  const ids = new Set(wanted.cells.map(cell => cell.id));
  notebook.transact(() => {
    shown.cells
      .map((cell, index) => (ids.has(cell.id) ? -1 : index))
      .filter(index => index >= 0)
      .reverse()
      .forEach(index => notebook.deleteCell(index));
    wanted.cells.forEach((cell, index) => putCell(notebook, cell, index));
  }, false);
  return true;
}

// Cells that stay are the same in kind, order and output; all else of the notebook is as it was.
function canBePut(shown, wanted) {
  const ids = (wanted.cells || []).map(cell => cell.id);
  const ofCell = cell => [cell.id, [...fixed(cell), cell.outputs || []]];
  const [before, after] = [shown, wanted].map(notebook => new Map((notebook.cells || []).map(ofCell)));
  const stay = cells => [...cells].filter(([id]) => before.has(id) && after.has(id));
  return (
    ids.length > 0 &&
    ids.every(Boolean) &&
    new Set(ids).size === ids.length &&
    stable(stay(before)) === stable(stay(after)) &&
    stable(aboutCourse(shown.metadata)) === stable(aboutCourse(wanted.metadata))
  );
}

// Of the kernel each tab knows for itself.
function aboutCourse(metadata) {
  const { kernelspec, language_info, ...others } = metadata || {};
  return others;
}

function fixed(cell) {
  return [cell.cell_type, cell.attachments || {}];
}

function putCell(notebook, cell, index) {
  const there = notebook.cells[index];
  if (!there || there.getId() !== cell.id) {
    notebook.insertCell(index, cell);
    return;
  }
  if (there.getSource() !== textOf(cell.source)) {
    there.setSource(textOf(cell.source));
  }
  if (stable(metadataOf(there.toJSON())) !== stable(metadataOf(cell))) {
    const { trusted } = there.toJSON().metadata || {};
    there.setMetadata({ ...metadataOf(cell), ...(trusted === undefined ? {} : { trusted }) });
  }
}

// Do two texts show the same? Of notebooks only what an instructor can change counts.
export function isSame(shown, wanted) {
  const [one, other] = [parsed(shown), parsed(wanted)];
  return shown === wanted || Boolean(one && other && one.cells && essence(one) === essence(other));
}

function essence(notebook) {
  return stable((notebook.cells || []).map(cell => [cell.id, fixed(cell), metadataOf(cell), textOf(cell.source)]));
}

// Without what says whose output it is, which each tab knows for itself.
function metadataOf(cell) {
  const { trusted, ...others } = cell.metadata || {};
  return others;
}

function parsed(content) {
  try {
    return JSON.parse(content);
  } catch (error) {
    return null;
  }
}

function stable(value) {
  const sorted = (_, one) =>
    one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  return JSON.stringify(value, sorted);
}

function textOf(source) {
  return Array.isArray(source) ? source.join('') : source;
}
