// The dialogs. All text from the server or the disk is put in as text, never as HTML.
export class Dialogs {
  constructor(apputils, Widget) {
    this.apputils = apputils;
    this.Widget = Widget;
  }

  body(...nodes) {
    const widget = new this.Widget();
    widget.node.append(...nodes);
    return widget;
  }

  show(title, nodes, buttons) {
    return this.apputils.showDialog({ title, body: this.body(...nodes), buttons, hasClose: true });
  }

  async ask(title, nodes, label) {
    const { Dialog } = this.apputils;
    const buttons = [Dialog.cancelButton({ label: 'Cancel' }), Dialog.okButton({ label })];
    return (await this.show(title, nodes, buttons)).button.accept;
  }

  tell(title, ...nodes) {
    return this.show(title, nodes, [this.apputils.Dialog.okButton({ label: 'Close' })]);
  }
}

export function text(words) {
  const node = document.createElement('p');
  node.textContent = words;
  return node;
}

export function heading(words) {
  const node = document.createElement('h3');
  node.textContent = words;
  return node;
}

export function list(lines) {
  const node = document.createElement('ul');
  Object.assign(node.style, { maxHeight: '40vh', overflowY: 'auto', paddingLeft: '1.2em' });
  lines.forEach(([what, words]) => {
    const line = node.appendChild(document.createElement('li'));
    line.appendChild(document.createElement('strong')).textContent = what;
    line.append(words ? ` – ${words}` : '');
  });
  return node;
}

// A choice of one; returns the node to show and a question for its value.
export function choice(label, options) {
  const node = document.createElement('label');
  const select = document.createElement('select');
  select.size = Math.min(8, Math.max(2, options.length));
  Object.assign(select.style, { display: 'block', width: '100%', marginTop: '6px', font: 'inherit' });
  options.forEach(([value, words], index) => select.add(new Option(words, value, index === 0, index === 0)));
  node.append(label, select);
  return { node, value: () => select.value };
}

export function moment(iso) {
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(iso);
  const date = new Date(compact ? `${compact.slice(1, 4).join('-')}T${compact.slice(4, 7).join(':')}Z` : iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
