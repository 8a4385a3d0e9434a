// A notebook as text, and what of it a student can tell.

// null: text that is no notebook.
export function notebookIn(text) {
  try {
    const read = JSON.parse(text);
    return read && Array.isArray(read.cells) ? { ...read, metadata: read.metadata || {}, cells: read.cells.map(plain) } : null;
  } catch (error) {
    return null;
  }
}

// Do two texts show the same? Of notebooks what each tab knows of its kernel and of trust is no difference.
export function isSame(one, other) {
  const notebooks = [one, other].map(notebookIn);
  const all = notebook => stable([formatOf(notebook), aboutCourse(notebook), notebook.cells.map(cell => [essence(cell), outputOf(cell)])]);
  return one === other || (notebooks.every(Boolean) && all(notebooks[0]) === all(notebooks[1]));
}

// Lines that a file holds one by one are one text.
export function plain(cell) {
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

export function formatOf(notebook) {
  return stable([notebook.nbformat, notebook.nbformat_minor]);
}

export function kind(cell) {
  return [cell.cell_type, cell.attachments || {}];
}

export function essence(cell) {
  return stable([cell.id, kind(cell), metadataOf(cell), cell.source]);
}

function outputOf(cell) {
  return [cell.outputs || [], cell.execution_count ?? null];
}

export function isSameOutput(one, other) {
  return stable(outputOf(one)) === stable(outputOf(other));
}

// Without what says whose output it is.
export function metadataOf(cell) {
  const { trusted, ...others } = cell.metadata;
  return others;
}

export function aboutCourse(notebook) {
  const { kernelspec, language_info, orig_nbformat, ...others } = notebook.metadata;
  return others;
}

export function aboutKernel({ metadata: { kernelspec, language_info } }) {
  return { ...(kernelspec && { kernelspec }), ...(language_info && { language_info }) };
}

export function stable(value) {
  const sorted = (_, one) =>
    one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  return JSON.stringify(value, sorted);
}
