// What each open tab had last read from the disk or written to it: the common ground of two versions of a file.
//
// Where it cannot be known exactly, an older text is taken: then both versions hold what came after it, which is no conflict.
const LARGEST = 10000000;

export class Bases {
  constructor(contents) {
    this.contents = contents;
    this.bases = new WeakMap();
    this.saving = new WeakSet();
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
      this.set(context, typeof found.content === 'string' ? found.content : JSON.stringify(found.content));
    }
  }

  // Read again; a tab that is being saved says so too, but may have been typed into meanwhile.
  onFile(context) {
    if (!this.saving.has(context) && !context.model.dirty) {
      this.keep(context);
    }
  }

  // The text of the moment in which saving begins is the one that is written.
  onSave(context, state) {
    if (state === 'started') {
      this.saving.add(context);
      this.written = this.written || new WeakMap();
      this.written.set(context, ofSize(context.model.toString()));
    } else {
      this.saving.delete(context);
      if (state.startsWith('completed')) {
        this.bases.set(context, this.written.get(context));
      }
    }
  }

  keep(context) {
    this.set(context, context.model.toString());
  }

  set(context, text) {
    this.bases.set(context, ofSize(text));
  }
}

function ofSize(text) {
  return text.length > LARGEST ? undefined : text;
}
