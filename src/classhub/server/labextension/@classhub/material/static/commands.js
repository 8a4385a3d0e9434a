// What a student may do, in the palette, the menu and the status bar's dialog.
import { Dialogs, choice, heading, list, moment, text } from './dialogs.js';
import { nameOf } from './documents.js';

export const CATEGORY = 'Course material';
export const COMMANDS = [
  'classhub:material-get',
  'classhub:material-changes',
  'classhub:material-start-over',
  'classhub:material-restore',
  'classhub:material-show'
];

export function addCommands(app, parts, server, watch, documents) {
  const acts = new Acts(app, parts, server, watch, documents);
  const add = (id, label, caption, execute, isEnabled) =>
    app.commands.addCommand(id, { label, caption, execute: () => acts.guarded(execute), isEnabled });
  const hasFile = () => Boolean(documents.current(watch.now.courses));
  const hasCourse = () => watch.now.courses.length > 0;
  add(COMMANDS[0], 'Get New Material', 'Look for new course material now', () => watch.get());
  add(COMMANDS[1], 'What Changed', 'Your changes, and what is new', () => acts.changes(), hasCourse);
  add(COMMANDS[2], 'Start This File Over…', 'The course’s version; yours stays beside it', () => acts.startOver(), hasFile);
  add(COMMANDS[3], 'Restore an Earlier Version…', 'Go back to what this file was', () => acts.restore(), hasFile);
  add(COMMANDS[4], 'About My Course Material', 'What was brought when', () => acts.show());
}

class Acts {
  constructor(app, parts, server, watch, documents) {
    Object.assign(this, { app, server, watch, documents, Notification: parts.lab.apputils.Notification });
    this.dialogs = new Dialogs(parts.lab.apputils, parts.widgets.Widget);
  }

  // A refusal is a sentence for the student, not a line in the console.
  async guarded(act) {
    try {
      await act();
    } catch (error) {
      this.watch.say(error.message || String(error), 'error', false);
    }
  }

  async show() {
    const { courses, away } = this.watch.now;
    const nodes = courses.flatMap(course => [
      heading(course.title),
      text(course.message || course.short),
      ...(course.when ? [text(`Looked at ${moment(course.when)}, in the folder ${course.at}.`)] : []),
      list(course.items.map(item => [item.shown, words(item)]))
    ]);
    const none = courses.length ? [] : [text('No course is handed out to you here.')];
    if (await this.dialogs.ask('Course material', [...(away ? [text(away)] : []), ...none, ...nodes], 'Get new material')) {
      await this.watch.get();
    }
  }

  async changes() {
    const nodes = [];
    for (const course of this.watch.now.courses) {
      const { changes } = await this.server.changes(course.name);
      nodes.push(heading(course.title));
      nodes.push(changes.length ? list(changes.map(one => [one.shown, one.words])) : text('Everything is as the course has it.'));
    }
    await this.dialogs.tell('What changed', ...nodes);
  }

  async startOver() {
    const { context, course, path } = this.documents.current(this.watch.now.courses);
    const why = text('The course’s version takes its place. Yours stays in the same folder, under a name of its own.');
    if (await this.dialogs.ask(`Start ${nameOf(path)} over?`, [why], 'Start over')) {
      await this.onDisk(context, () => this.server.startOver(course.name, path));
    }
  }

  async restore() {
    const { context, course, path } = this.documents.current(this.watch.now.courses);
    const { versions } = await this.server.versions(course.name, path);
    if (!versions.length) {
      await this.dialogs.tell('Restore an earlier version', text(`There is no earlier version of ${nameOf(path)}.`));
      return;
    }
    const options = versions.map(one => [one.name, `${moment(one.when)}, ${one.words} (${one.bytes} bytes)`]);
    const { node, value } = choice(`Versions of ${nameOf(path)}, the newest first:`, options);
    const kept = text('What the file holds now is kept as a version too.');
    if (await this.dialogs.ask('Restore an earlier version', [node, kept], 'Restore')) {
      await this.onDisk(context, () => this.server.restore(course.name, path, value()));
    }
  }

  // What is not saved yet goes to the disk first: only what is there can be put aside. Then the tab shows the new file, unless
  // somebody typed into it meanwhile.
  async onDisk(context, act) {
    if (context.model.dirty) {
      await this.documents.save(context);
    }
    const done = await act();
    const failed = done.status === 'failed' || done.status === 'offline' || done.status === 'busy';
    this.watch.say(done.message, failed ? 'error' : 'success', failed ? false : 8000);
    if (failed) {
      return;
    }
    if (context.model.dirty || !(await this.documents.showDisk(context))) {
      this.documents.askAbout(context);
    }
  }
}

function words(item) {
  return [item.words, item.where && `see ${item.where}`, item.why].filter(Boolean).join('; ');
}
