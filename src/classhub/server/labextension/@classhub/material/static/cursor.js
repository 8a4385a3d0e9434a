// Where somebody is in a notebook. Where that cell becomes a new one, another would be the one in front, and what somebody types next
// would go into that.

// Of one that has a cell in front. To be called right before the cells are put in; gives what leads back to the same cell, if there still is one.
export function cursorIn(notebook) {
  const { activeCell: cell, activeCellIndex, mode } = notebook;
  const { id } = cell.model;
  const place = cell.editor && cell.editor.getCursorPosition();
  const scrolled = notebook.outerNode && notebook.outerNode.scrollTop;
  const isTyping = notebook.node.contains(document.activeElement);
  notebook.mode = 'command'; // text that becomes the cell in front while one is typed into is shown raw
  return () => {
    const index = notebook.widgets.findIndex(one => one.model.id === id);
    notebook.activeCellIndex = index >= 0 ? index : Math.min(activeCellIndex, notebook.widgets.length - 1);
    if (scrolled) {
      notebook.outerNode.scrollTop = scrolled;
    }
    const now = notebook.activeCell;
    if (now && index >= 0 && isTyping) {
      Promise.resolve(now.ready).then(() => putCursor(notebook, now, mode, place));
    }
  };
}

// Once the cell is drawn; by then somebody may have gone to another one.
function putCursor(notebook, cell, mode, place) {
  if (notebook.isDisposed || notebook.activeCell !== cell) {
    return;
  }
  notebook.mode = mode;
  notebook.activate();
  if (mode === 'edit' && place && cell.editor) {
    cell.editor.setCursorPosition(place);
  }
}
