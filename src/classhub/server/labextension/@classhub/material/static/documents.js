// Files that are open in tabs, and what a sync means for them.
import { Bases } from './bases.js';
import { isSame, putCells } from './cells.js';
import { cursorIn } from './cursor.js';

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
        if (await this.showDisk(context, mine)) {
          return;
        }
      } else if (content === null) {
        return this.putCourseBeside(context, found);
      } else if (this.put(context, mine, content)) {
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

  // What lies on the disk, in a tab that holds what it held when `mine` was its text. False: somebody typed what it would take.
  async showDisk(context, mine = context.model.toString()) {
    const { type, format } = kindOf(context);
    if (!format || context.model.collaborative || typeof context._updateContentsModel !== 'function') {
      await context.revert();
      return true;
    }
    const found = await this.contents.get(context.path, { type, format, content: true, hash: true });
    const content = format === 'json' ? JSON.stringify(found.content) : found.content.replace(/\r\n?/g, '\n');
    const isTyped = context.model.toString() !== mine;
    if (!this.put(context, mine, content)) {
      return false;
    }
    if (format === 'text') {
      context._lineEnding = (found.content.match(/\r\n?/) || [null])[0]; // JupyterLab saves a text with the ends it came with
    }
    context.model.dirty = isTyped;
    this.adopt(context, found);
    this.bases.set(context, content);
    return true;
  }

  // Nothing is awaited here: what somebody types meanwhile would be lost.
  put(context, mine, content) {
    if (putCells(context.model, mine, content)) {
      return true;
    }
    if (context.model.toString() !== mine) {
      return false;
    }
    const shown = [...this.app.shell.widgets('main')].filter(widget => this.contextOf(widget) === context);
    const returns = shown.map(widget => cursorIn(widget.content));
    context.model.fromString(content);
    returns.forEach(back => back());
    return true;
  }

  // What the tab shows is what was found on the disk, or comes after it.
  adopt(context, { last_modified, hash, hash_algorithm }) {
    context._updateContentsModel({ ...context.contentsModel, last_modified, hash, hash_algorithm });
  }

  // The tab knows of the version that was found, and may be saved over it; a still newer one raises JupyterLab's question.
  async saveOver(context, found) {
    this.adopt(context, found);
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
    const { type, format } = kindOf(context);
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
    this.adopt(context, found);
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
    const mine = context.model.toString();
    const content = isNotebook ? context.model.toJSON() : mine;
    await this.contents.save(path, { type: isNotebook ? 'notebook' : 'file', format: isNotebook ? 'json' : 'text', content });
    const isShown = await this.showDisk(context, mine);
    this.say(`Yours is ${nameOf(path)}.`, 'success', 8000);
    if (!isShown) {
      this.askAbout(context);
    }
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

// As the tab reads it: after a save, the server's answer says no format.
function kindOf({ contentsModel: { type, format }, _factory: factory }) {
  return { type, format: (factory && factory.fileFormat) || format };
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
