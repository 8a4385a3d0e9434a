// Files that are open in tabs, and what a sync means for them.
import { Bases } from './bases.js';

const TRIES = 5;

export class Documents {
  constructor(app, manager, server, say) {
    this.app = app;
    this.manager = manager;
    this.contents = app.serviceManager.contents;
    this.server = server;
    this.say = say;
    this.bases = new Bases(this.contents);
    for (const signal of [app.shell.currentChanged, app.shell.layoutModified]) {
      if (signal) {
        signal.connect(() => this.open().forEach(context => this.bases.watch(context)));
      }
    }
  }

  // The file of the tab in front, as {context, course, path}; null: none, or none of a course.
  current(courses) {
    const context = this.contextOf(this.app.shell.currentWidget);
    const place = context && placeOf(context.path, courses);
    return place ? { context, ...place } : null;
  }

  contextOf(widget) {
    return (widget && this.manager && this.manager.contextForWidget(widget)) || null;
  }

  open() {
    const contexts = [...this.app.shell.widgets('main')].map(widget => this.contextOf(widget));
    return [...new Set(contexts.filter(Boolean))];
  }

  hasUnsaved() {
    return this.open().some(context => context.model.dirty);
  }

  // Show what is on the disk in tabs of files that a sync changed. Unsaved work is never dropped.
  async refresh(course) {
    const changed = new Set(course.news.changed);
    const behind = this.open().filter(context => changed.has(context.path));
    for (const context of behind) {
      const renewed = context.ready.then(() => this.renew(context, course));
      await renewed.catch(error => console.warn(`${context.path} shows what it was`, error));
    }
  }

  // What the tab had last read or written decides, and not what JupyterLab takes for the disk's version: after it saved, it
  // asks the disk for that, and would take a version that came in between for its own.
  async renew(context, course) {
    const { path } = placeOf(context.path, [course]);
    const base = this.bases.of(context);
    if (base === undefined || typeof context._updateContentsModel !== 'function') {
      return this.renewUnknown(context);
    }
    for (let count = 0; count < TRIES; count += 1) {
      const found = await this.contents.get(context.path, { content: false, hash: true });
      const mine = context.model.toString();
      const { content } = await this.server.combine(course.name, path, base, mine);
      if (content !== null && isSame(mine, content)) {
        return;
      }
      if (!context.model.dirty) {
        return this.showDisk(context);
      }
      if (content === null) {
        return this.putCourseBeside(context, found);
      }
      // nothing is awaited until the text is in the tab: what somebody types meanwhile would be lost
      if (context.model.toString() === mine) {
        putInto(context.model, content);
        return this.saveOver(context, found);
      }
    }
    this.askAbout(context);
  }

  // A tab of which nothing is known but what JupyterLab says of it.
  async renewUnknown(context) {
    const seen = context.contentsModel;
    const found = await this.contents.get(context.path, { content: false, hash: true });
    const isBehind = found.hash && seen.hash ? found.hash !== seen.hash : found.last_modified !== seen.last_modified;
    if (isBehind && context.model.dirty) {
      this.askAbout(context);
    } else if (isBehind) {
      await this.showDisk(context);
    }
  }

  // A notebook that is read anew would be shown from its first cell on, and what somebody types next would go into that.
  async showDisk(context) {
    const shown = [...this.app.shell.widgets('main')].filter(widget => this.contextOf(widget) === context);
    const returns = shown.map(widget => cursorIn(widget.content));
    await context.revert();
    returns.forEach(back => back());
  }

  // The tab knows of the version that was found, and may be saved over it; a still newer one raises JupyterLab's question.
  async saveOver(context, found) {
    const { last_modified, hash, hash_algorithm } = found;
    context._updateContentsModel({ ...context.contentsModel, last_modified, hash, hash_algorithm });
    await this.save(context);
    this.say(`${nameOf(context.path)}: the new version, and what you had not saved, are both in it.`, 'success', 8000);
  }

  // JupyterLab takes what was typed while it saved for saved.
  async save(context) {
    const written = context.model.toString();
    await context.save();
    if (context.model.toString() !== written) {
      context.model.dirty = true;
    }
  }

  // Both changed the same: as on the disk, the student's stays in its place, and the new version lies beside it.
  async putCourseBeside(context, found) {
    const { type, format } = context.contentsModel;
    const beside = besideName(context.path, found.hash);
    if (!beside) {
      return this.askAbout(context);
    }
    if (await this.isFree(beside)) {
      const { content, hash } = await this.contents.get(context.path, { type, format, content: true, hash: true });
      if (hash !== found.hash) {
        return this.askAbout(context);
      }
      await this.contents.save(beside, { type, format, content });
    }
    const { last_modified, hash, hash_algorithm } = found;
    context._updateContentsModel({ ...context.contentsModel, last_modified, hash, hash_algorithm });
    await this.save(context);
    const words = `${nameOf(context.path)}: you and the course changed the same lines. Yours is as you left it; the new version is`;
    this.say(`${words} ${nameOf(beside)}.`, 'warning', false);
  }

  askAbout(context) {
    const name = nameOf(context.path);
    this.say(`${name} has a new version, and you have changes that are not saved.`, 'warning', false, [
      {
        label: 'Keep mine beside it and show the new one',
        callback: () => this.putBeside(context).catch(error => {
          this.say(String(error.message || error), 'error', false);
          this.askAbout(context);
        })
      }
    ]);
  }

  async putBeside(context) {
    const path = await this.freeName(context.path);
    const isNotebook = context.contentsModel && context.contentsModel.type === 'notebook';
    const content = isNotebook ? context.model.toJSON() : context.model.toString();
    await this.contents.save(path, { type: isNotebook ? 'notebook' : 'file', format: isNotebook ? 'json' : 'text', content });
    await this.showDisk(context);
    this.say(`Yours is ${nameOf(path)}.`, 'success', 8000);
  }

  async freeName(path) {
    const dot = nameOf(path).lastIndexOf('.');
    const cut = dot > 0 ? path.length - nameOf(path).length + dot : path.length;
    for (let count = 1; count < 1000; count += 1) {
      const name = `${path.slice(0, cut)}.unsaved${count > 1 ? `-${count}` : ''}${path.slice(cut)}`;
      if (await this.isFree(name)) {
        return name;
      }
    }
    throw new Error(`There is no free name beside ${nameOf(path)}.`);
  }

  // A server that cannot tell is no reason to write over what may lie there.
  isFree(path) {
    return this.contents.get(path, { content: false }).then(
      () => false,
      error => {
        if (error.response && error.response.status === 404) {
          return true;
        }
        throw error;
      }
    );
  }
}

// Gives what puts it back into its cell, if there still is such a cell.
function cursorIn(notebook) {
  const cell = notebook && notebook.activeCell;
  if (!cell) {
    return () => {};
  }
  const { mode } = notebook;
  const { id } = cell.model;
  const place = cell.editor && cell.editor.getCursorPosition();
  const scrolled = notebook.outerNode && notebook.outerNode.scrollTop;
  const isTyping = notebook.node.contains(document.activeElement);
  return () => {
    const index = notebook.widgets.findIndex(one => one.model.id === id);
    notebook.mode = 'command';
    notebook.activeCellIndex = Math.max(index, 0);
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

// A notebook whose cells are the same ones keeps its cursor: only their text is replaced.
function putInto(model, content) {
  const cells = model.cells && parsed(content);
  if (cells && isSameButText(model.toJSON(), cells)) {
    cells.cells.forEach((cell, index) => {
      const shown = model.cells.get(index).sharedModel;
      const source = textOf(cell.source);
      if (shown.getSource() !== source) {
        shown.setSource(source);
      }
    });
  } else {
    model.fromString(content);
  }
}

// Do two texts show the same? Of notebooks only what an instructor can change counts.
function isSame(shown, wanted) {
  const [one, other] = [parsed(shown), parsed(wanted)];
  return shown === wanted || Boolean(one && other && one.cells && isSameButText(one, other) && sources(one) === sources(other));
}

function sources(notebook) {
  return JSON.stringify(notebook.cells.map(cell => textOf(cell.source)));
}

function parsed(content) {
  try {
    return JSON.parse(content);
  } catch (error) {
    return null;
  }
}

function isSameButText(shown, wanted) {
  const essence = notebook =>
    JSON.stringify((notebook.cells || []).map(cell => [cell.id, cell.cell_type, cell.attachments, sorted(cell.metadata)]));
  return essence(shown) === essence(wanted);
}

function sorted(metadata) {
  return JSON.stringify(metadata || {}, Object.keys(metadata || {}).sort());
}

function textOf(source) {
  return Array.isArray(source) ? source.join('') : source;
}

// As a sync would call it; "" where the server gives no digest.
function besideName(path, hash) {
  const dot = nameOf(path).lastIndexOf('.');
  const cut = dot > 0 ? path.length - nameOf(path).length + dot : path.length;
  return hash ? `${path.slice(0, cut)}.new-${hash.slice(0, 7)}${path.slice(cut)}` : '';
}

export function placeOf(contentsPath, courses) {
  const path = contentsPath.replace(/^RTC:/, '');
  const course = courses.find(one => path.startsWith(`${one.at}/`));
  return course ? { course, path: path.slice(course.at.length + 1) } : null;
}

export function nameOf(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}
