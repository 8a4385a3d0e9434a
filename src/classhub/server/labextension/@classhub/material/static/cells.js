// A notebook that is shown, brought to a new version cell by cell: one that runs keeps its output, and cursors their place.
import { aboutCourse, aboutKernel, essence, formatOf, isSameOutput, kind, metadataOf, notebookIn, plain, stable } from './notebook.js';
import { inOrder } from './order.js';
import { putText } from './text.js';

const RUNS = 1e6; // more than all that do not

// What is different between two texts of a notebook, for the tab that showed the first one. null: it cannot be carried over so, or
// somebody changed since what it would change. What else was typed or printed since then stays.
export function changeOf(model, mine, wanted) {
  const [was, next, now] = [mine, wanted, model.cells ? model.toString() : ''].map(notebookIn);
  if (!was || !next || !now || !isOfOneKind(was, next) || names(was) !== names(now)) {
    return null;
  }
  const change = new Change(model, was, next, now);
  return change.isFree() ? change : null;
}

// Cells of other notebooks have no names to know them by; what a student has changed in those, nobody merges.
function isOfOneKind(was, next) {
  const areNamed = notebook => new Set(notebook.cells.map(cell => cell.id).filter(Boolean)).size === notebook.cells.length;
  const kernels = [was, next].map(notebook => notebook.metadata.kernelspec && notebook.metadata.kernelspec.name).filter(Boolean);
  return formatOf(was) === formatOf(next) && [was, next].every(areNamed) && new Set(kernels).size < 2;
}

function names(notebook) {
  return stable(notebook.cells.map(cell => [cell.id, cell.cell_type]));
}

class Change {
  constructor(model, was, next, now) {
    Object.assign(this, { model, was, next, now });
    const keys = notebook => notebook.cells.map(cell => stable([cell.id, kind(cell)]));
    const weightOf = index => (model.cells.get(index).executionState === 'running' ? RUNS : 1);
    this.stay = new Map(inOrder(keys(was), keys(next), weightOf));
  }

  // Whether a cell remains the one that it is.
  keeps(id) {
    return this.stay.has(this.was.cells.findIndex(cell => cell.id === id));
  }

  isFree() {
    const isFree = (cell, index) => {
      const shown = this.now.cells[index];
      const isAsItWas = essence(shown) === essence(cell);
      return this.stay.has(index)
        ? isAsItWas || essence(cell) === essence(this.next.cells[this.stay.get(index)])
        : isAsItWas && isSameOutput(shown, cell);
    };
    return stable(aboutCourse(this.was)) === stable(aboutCourse(this.now)) && this.was.cells.every(isFree);
  }

  // All at once, and no step that "undo" takes back.
  put() {
    const { model, was, next, stay } = this;
    const shown = [...model.sharedModel.cells]; // its list is renewed only after the transaction
    model.sharedModel.transact(() => this.putCells(model.sharedModel, shown), false);
    stay.forEach((to, from) => {
      if (was.cells[from].source !== next.cells[to].source) {
        shown[from].clearUndoHistory(); // what it holds lay around a text that is gone
      }
      putOutput(model.cells.get(to), was.cells[from], next.cells[to]);
    });
  }

  putCells(notebook, shown) {
    const { was, next, now, stay } = this;
    const came = new Map([...stay].map(([from, to]) => [to, from]));
    const gone = [...shown.keys()].filter(index => !stay.has(index));
    gone.reverse().forEach(index => notebook.deleteCell(index));
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
  }
}

function putCell(shown, was, next) {
  if (was.source !== next.source) {
    putText(shown, next.source);
  }
  if (stable(metadataOf(was)) !== stable(metadataOf(next))) {
    const { trusted, ...others } = shown.toJSON().metadata || {};
    Object.keys(others).filter(key => !(key in next.metadata)).forEach(key => shown.deleteMetadata(key));
    shown.setMetadata({ ...metadataOf(next), ...(trusted === undefined ? {} : { trusted }) });
  }
}

// Of one that printed since, what it printed stays. Not part of a transaction, after which JupyterLab would add it once more.
function putOutput(shown, was, next) {
  if (!next.outputs || isSameOutput(was, next) || !isSameOutput(plain(shown.toJSON()), was)) {
    return;
  }
  if (shown.trusted && !next.metadata.trusted) {
    shown.trusted = false; // it was for what this student had run
    shown.sharedModel.setMetadata('trusted', false);
  }
  shown.outputs.fromJSON(next.outputs);
  shown.executionCount = next.execution_count ?? null;
}
