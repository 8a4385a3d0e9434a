// The item in the status bar: a button that says in a few words how the material is.
export function statusItem(app, parts, watch) {
  const item = new parts.widgets.Widget();
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-StatusBar-TextItem classhub-material-status';
  Object.assign(button.style, {
    all: 'unset',
    cursor: 'pointer',
    padding: '0 6px',
    color: 'inherit',
    font: 'inherit',
    lineHeight: '24px',
    whiteSpace: 'nowrap'
  });
  button.addEventListener('focus', () => (button.style.textDecoration = 'underline'));
  button.addEventListener('blur', () => (button.style.textDecoration = ''));
  button.addEventListener('click', () => app.commands.execute('classhub:material-show'));
  item.node.appendChild(button);
  item.hide();
  watch.onChange(now => {
    const words = inShort(now);
    const changed = button.textContent !== words;
    if (changed) {
      button.textContent = words;
    }
    button.title = now.away || now.courses.map(course => `${course.title}: ${course.message || course.short}`).join('\n');
    item.setHidden(!words);
  });
  parts.bar.registerStatusItem('@classhub/material:status', { item, align: 'left', rank: 40, isActive: () => true });
}

function inShort(now) {
  if (!now.courses.length) {
    return now.away ? 'Material: not reachable' : '';
  }
  if (now.away) {
    return 'Material: not reachable, yours is here';
  }
  if (now.courses.length === 1) {
    return `Material: ${now.courses[0].short}`;
  }
  const notable = now.courses.filter(course => course.short !== 'up to date');
  return notable.length ? `Material: ${notable[0].title}: ${notable[0].short}` : 'Material: up to date';
}
