// Files that are open in tabs, and what a sync means for them.
export class Documents {
  constructor(app, manager, server, apputils) {
    this.app = app;
    this.manager = manager;
    this.server = server;
    this.apputils = apputils;
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
    for (const context of this.open()) {
      if (changed.has(context.path) && (await this.isBehind(context))) {
        await this.renew(context, course).catch(error => console.warn(`${context.path} shows what it was`, error));
      }
    }
  }

  // Has the disk another version than the one this tab was loaded from?
  async isBehind(context) {
    const seen = context.contentsModel && context.contentsModel.last_modified;
    const found = await this.app.serviceManager.contents.get(context.path, { content: false }).catch(() => null);
    return Boolean(found && seen && found.last_modified !== seen);
  }

  async renew(context, course) {
    if (!context.model.dirty) {
      return context.revert();
    }
    const { path } = placeOf(context.path, [course]);
    const mine = context.model.toString();
    const { content } = await this.server.combine(course.name, path, mine).catch(() => ({ content: null }));
    if (context.model.toString() !== mine || content === null || content === undefined) {
      return this.askAbout(context);
    }
    await this.replace(context, content);
    this.say(`${nameOf(context.path)}: the new version and what you have not saved yet are both in it.`, 'success', 8000);
  }

  // The disk's version first, so that saving meets no newer file; then the merged text on top, which is saved.
  async replace(context, content) {
    await context.revert();
    context.model.fromString(content);
    await context.save();
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
    const contents = this.app.serviceManager.contents;
    const path = await freeName(contents, context.path);
    const isNotebook = context.contentsModel && context.contentsModel.type === 'notebook';
    const content = isNotebook ? context.model.toJSON() : context.model.toString();
    await contents.save(path, { type: isNotebook ? 'notebook' : 'file', format: isNotebook ? 'json' : 'text', content });
    await context.revert();
    this.say(`Yours is ${nameOf(path)}.`, 'success', 8000);
  }

  say(message, type, autoClose, actions) {
    if (this.apputils.Notification) {
      this.apputils.Notification.emit(message, type, { autoClose, actions });
    }
  }
}

export function placeOf(contentsPath, courses) {
  const path = contentsPath.replace(/^[A-Za-z]+:/, drive => (drive === 'RTC:' ? '' : drive));
  const course = courses.find(one => path.startsWith(`${one.at}/`));
  return course ? { course, path: path.slice(course.at.length + 1) } : null;
}

export function nameOf(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function freeName(contents, path) {
  const dot = nameOf(path).lastIndexOf('.');
  const cut = dot > 0 ? path.length - nameOf(path).length + dot : path.length;
  for (let count = 1; count < 1000; count += 1) {
    const name = `${path.slice(0, cut)}.unsaved${count > 1 ? `-${count}` : ''}${path.slice(cut)}`;
    const found = await contents.get(name, { content: false }).then(() => true, () => false);
    if (!found) {
      return name;
    }
  }
  throw new Error(`There is no free name beside ${nameOf(path)}.`);
}
