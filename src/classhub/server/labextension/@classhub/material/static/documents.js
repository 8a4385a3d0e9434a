// Files that are open in tabs, and what a sync means for them.
import { Bases, textOf } from './bases.js';
import { changeOf } from './cells.js';
import { cursorIn } from './cursor.js';
import { isSame } from './notebook.js';
import { putText } from './text.js';

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

  // What is being saved at this moment may be written over the new version: then only the tab has that. A document that several
  // people write in is renewed by the server.
  async renew(context, course) {
    if (context.model.collaborative) {
      return;
    }
    if (this.bases.isSaving(context)) {
      await this.renewTab(context, course, false);
      await this.bases.rest(context);
    }
    await this.renewTab(context, course, true);
  }

  // What the tab had last read or written decides, and not what JupyterLab takes for the disk's version or for saved: after it
  // saved, it asks the disk for that, and would take a version that came in between for its own, and what was typed for written.
  async renewTab(context, course, mayWrite) {
    const { path } = placeOf(context.path, [course]);
    const base = this.bases.of(context);
    if (base === undefined || typeof context._updateContentsModel !== 'function') {
      return mayWrite && this.renewUnknown(context);
    }
    for (let count = 0; count < TRIES; count += 1) {
      const found = await this.contents.get(context.path, { content: false, hash: true });
      const mine = context.model.toString();
      const { content } = await this.server.combine(course.name, path, base, mine);
      if (context.isDisposed || (await this.isRenewed(context, { base, mine, content, found, mayWrite }))) {
        return;
      }
    }
    if (mayWrite) {
      this.askAbout(context);
    }
  }

  // False: somebody typed meanwhile.
  async isRenewed(context, { base, mine, content, found, mayWrite }) {
    if (isSame(mine, base)) {
      return this.showDisk(context, mine);
    }
    if (content === null) {
      await (mayWrite && this.putCourseBeside(context, found));
      return true;
    }
    const isNews = !isSame(mine, content);
    if (isNews && !this.put(context, mine, content)) {
      return false;
    }
    context.model.dirty = true;
    if (mayWrite) {
      await this.saveOver(context, found, isNews);
    }
    return true;
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
    const content = textOf(found);
    if (context.isDisposed) {
      return true;
    }
    const isTyped = context.model.toString() !== mine;
    if (!isSame(mine, content) && !this.put(context, mine, content)) {
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

  // Another text, in a tab that held `mine`. Nothing is awaited here: what somebody types meanwhile would be lost.
  put(context, mine, content) {
    const { model } = context;
    const change = changeOf(model, mine, content);
    if (!change && model.toString() !== mine) {
      return false;
    }
    const shown = [...this.app.shell.widgets('main')].filter(widget => this.contextOf(widget) === context).map(widget => widget.content);
    const moved = shown.filter(one => one && one.activeCell && !(change && change.keeps(one.activeCell.model.id)));
    const returns = moved.map(cursorIn);
    if (change) {
      change.put();
    } else {
      putAll(model, content);
    }
    returns.forEach(back => back());
    return true;
  }

  // What the tab shows is what was found on the disk, or comes after it.
  adopt(context, { last_modified, hash, hash_algorithm }) {
    context._updateContentsModel({ ...context.contentsModel, last_modified, hash, hash_algorithm });
  }

  // The tab knows of the version that was found, and may be saved over it; a still newer one raises JupyterLab's question.
  async saveOver(context, found, isNews) {
    this.adopt(context, found);
    await this.save(context);
    if (isNews) {
      this.say(`${nameOf(context.path)}: the new version, and what you had not saved, are both in it.`, 'success', 8000);
    }
  }

  // JupyterLab takes what was typed while it saved for saved.
  async save(context) {
    await this.bases.rest(context);
    if (context.isDisposed) {
      return;
    }
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
    for (let count = 1; count < 1000; count += 1) {
      const name = marked(path, `unsaved${count > 1 ? `-${count}` : ''}`);
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

function putAll(model, content) {
  if (!model.cells && model.sharedModel && model.sharedModel.updateSource) {
    model.sharedModel.transact(() => putText(model.sharedModel, content), false);
  } else {
    model.fromString(content);
  }
}

// As the tab reads it: after a save, the server's answer says no format.
function kindOf({ contentsModel: { type, format }, _factory: factory }) {
  return { type, format: (factory && factory.fileFormat) || format };
}

// As a sync would call it; "" where the server gives no digest.
function besideName(path, hash) {
  return hash ? marked(path, `new-${hash.slice(0, 7)}`) : '';
}

// A name with one more word before its ending.
function marked(path, word) {
  const dot = nameOf(path).lastIndexOf('.');
  const cut = dot > 0 ? path.length - nameOf(path).length + dot : path.length;
  return `${path.slice(0, cut)}.${word}${path.slice(cut)}`;
}

export function placeOf(contentsPath, courses) {
  const path = contentsPath.replace(/^RTC:/, '');
  const course = courses.find(one => path.startsWith(`${one.at}/`));
  return course ? { course, path: path.slice(course.at.length + 1) } : null;
}

export function nameOf(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}
