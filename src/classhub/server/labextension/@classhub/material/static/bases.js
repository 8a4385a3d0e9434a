// What each open tab had last read from the disk or written to it: the common ground of two versions of a file.
//
// Where it cannot be known exactly, an older text is taken: then both versions hold what came after it, which is no conflict.
const LARGEST = 10000000;
const LOOKS = 300;
const LOOK_MS = 100;

export class Bases {
  constructor(contents) {
    this.contents = contents;
    this.bases = new WeakMap();
    this.writing = new WeakMap();
  }

  of(context) {
    return this.bases.get(context);
  }

  // As soon as a tab opens: before anybody can have typed into it.
  watch(context) {
    if (this.bases.has(context)) {
      return;
    }
    this.bases.set(context, undefined);
    const wasReady = context.isReady;
    context.ready.then(() => {
      if (!wasReady || !context.model.dirty) {
        this.keep(context);
      } else {
        this.fetch(context).catch(() => undefined);
      }
      context.fileChanged.connect(() => this.onFile(context));
      context.saveState.connect((_, state) => this.onSave(context, state));
    }, () => undefined);
  }

  // Of a tab that somebody typed into before we saw it, or that noted its kernel: the disk, if that is still what it read.
  async fetch(context) {
    const { type, format, last_modified } = context.contentsModel;
    const found = await this.contents.get(context.path, { type, format, content: true });
    if (found.last_modified === last_modified && this.bases.get(context) === undefined) {
      this.set(context, textOf(found));
    }
  }

  // Read again; a tab that is being saved says so too, but may have been typed into meanwhile.
  onFile(context) {
    if (!this.isSaving(context) && !context.model.dirty) {
      this.keep(context);
    }
  }

  // The text of the moment in which saving begins is the one that is written. Where another one has not ended, or was called off in
  // a question of JupyterLab's, which tells nobody: neither of the two is known to be on the disk.
  onSave(context, state) {
    const text = this.writing.get(context);
    if (state === 'started') {
      this.writing.set(context, this.isSaving(context) ? undefined : context.model.toString());
      return;
    }
    this.writing.delete(context);
    if (state.startsWith('completed') && text !== undefined) {
      this.set(context, text);
    }
  }

  isSaving(context) {
    return this.writing.has(context);
  }

  // Until what is being saved is on the disk; not for ever, as of a save that is called off nothing is heard.
  async rest(context) {
    for (let count = 0; count < LOOKS && this.isSaving(context); count += 1) {
      await new Promise(done => setTimeout(done, LOOK_MS));
    }
  }

  keep(context) {
    this.set(context, context.model.toString());
  }

  set(context, text) {
    this.bases.set(context, text.length > LARGEST ? undefined : text);
  }
}

// As a tab shows it.
export function textOf({ content }) {
  return typeof content === 'string' ? content.replace(/\r\n?/g, '\n') : JSON.stringify(content);
}
