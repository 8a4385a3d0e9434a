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
    this.bases = new Bases();
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

  // Show what is on the disk in tabs of files that a sync changed. Unsaved work is never dropped.
  async refresh(course) {
    const changed = new Set(course.news.changed);
    for (const context of this.open().filter(one => changed.has(one.path))) {
      await this.renew(context, course).catch(error => console.warn(`${context.path} shows what it was`, error));
    }
  }

  async renew(context, course) {
    const found = await this.newer(context);
    if (!found) {
      return;
    }
    if (!context.model.dirty) {
      await context.revert();
    } else if (await this.combine(context, course, found)) {
      this.say(`${nameOf(context.path)}: the new version, and what you had not saved, are both in it.`, 'success', 8000);
    } else {
      this.askAbout(context);
    }
  }

  // The disk's version if it is another one than this tab was loaded from, else null.
  async newer(context) {
    const seen = context.contentsModel;
    const found = await this.contents.get(context.path, { content: false, hash: true }).catch(() => null);
    const isSame = !seen || !found || (found.hash && seen.hash ? found.hash === seen.hash : found.last_modified === seen.last_modified);
    return isSame ? null : found;
  }

  // Put the disk's changes into the tab, beside what was typed. False: that cannot be.
  async combine(context, course, found) {
    const { path } = placeOf(context.path, [course]);
    const base = this.bases.of(context);
    if (base === undefined || typeof context._updateContentsModel !== 'function') {
      return false;
    }
    for (let count = 0; count < TRIES; count += 1) {
      const mine = context.model.toString();
      const { content } = await this.server.combine(course.name, path, base, mine);
      if (content === null) {
        return false;
      }
      // nothing is awaited from here on: what somebody types meanwhile would be lost
      if (context.model.toString() === mine) {
        putInto(context.model, content);
        // a tab that knows of the version on the disk may be saved over it; a still newer one raises JupyterLab's question
        const { last_modified, hash, hash_algorithm } = found;
        context._updateContentsModel({ ...context.contentsModel, last_modified, hash, hash_algorithm });
        await this.save(context);
        return true;
      }
    }
    return false;
  }

  // JupyterLab takes what was typed while it saved for saved.
  async save(context) {
    const written = context.model.toString();
    await context.save();
    if (context.model.toString() !== written) {
      context.model.dirty = true;
    }
  }

  askAbout(context) {
    const name = nameOf(context.path);
    this.say(`${name} has a new version, and you have changes that are not saved.`, 'warning', false, [
      {
        label: 'Keep mine beside it and show the new one',
        callback: () => this.putBeside(context).catch(error => this.say(String(error.message || error), 'error', false))
      }
    ]);
  }

  async putBeside(context) {
    const path = await this.freeName(context.path);
    const isNotebook = context.contentsModel && context.contentsModel.type === 'notebook';
    const content = isNotebook ? context.model.toJSON() : context.model.toString();
    await this.contents.save(path, { type: isNotebook ? 'notebook' : 'file', format: isNotebook ? 'json' : 'text', content });
    await context.revert();
    this.say(`Yours is ${nameOf(path)}.`, 'success', 8000);
  }

  async freeName(path) {
    const dot = nameOf(path).lastIndexOf('.');
    const cut = dot > 0 ? path.length - nameOf(path).length + dot : path.length;
    for (let count = 1; count < 1000; count += 1) {
      const name = `${path.slice(0, cut)}.unsaved${count > 1 ? `-${count}` : ''}${path.slice(cut)}`;
      const isTaken = await this.contents.get(name, { content: false }).then(() => true, () => false);
      if (!isTaken) {
        return name;
      }
    }
    throw new Error(`There is no free name beside ${nameOf(path)}.`);
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

export function placeOf(contentsPath, courses) {
  const path = contentsPath.replace(/^RTC:/, '');
  const course = courses.find(one => path.startsWith(`${one.at}/`));
  return course ? { course, path: path.slice(course.at.length + 1) } : null;
}

export function nameOf(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}
