// The plugin: which parts of the application it uses, and what it puts where.
import { Server } from './server.js';
import { Documents } from './documents.js';
import { Watch } from './watch.js';
import { addCommands, CATEGORY, COMMANDS } from './commands.js';
import { statusItem } from './status.js';

const MODULES = ['apputils', 'services', 'statusbar', 'mainmenu', 'docmanager'];

export async function plugins(take) {
  const taken = await Promise.all(MODULES.map(name => take(`@jupyterlab/${name}`)));
  const lab = Object.assign({}, ...taken.map((module, index) => ({ [MODULES[index]]: module })));
  const widgets = await take('@lumino/widgets');
  const { ICommandPalette } = lab.apputils;
  const optional = [ICommandPalette, lab.statusbar.IStatusBar, lab.mainmenu.IMainMenu, lab.docmanager.IDocumentManager];
  const known = optional.filter(Boolean);
  return [
    {
      id: '@classhub/material:plugin',
      description: 'Course material: what arrived, what was kept, and the way back.',
      autoStart: true,
      optional: known,
      activate: (app, ...services) => {
        const [palette, bar, menus, documents] = optional.map(token => services[known.indexOf(token)] || null);
        try {
          activate(app, { lab, widgets, palette, bar, menus, documents });
        } catch (error) {
          console.warn('Course material cannot be shown here', error);
        }
      }
    }
  ];
}

function activate(app, parts) {
  const server = new Server(parts.lab.services.ServerConnection, app.serviceManager.serverSettings);
  const { Notification } = parts.lab.apputils;
  const say = (message, type, autoClose, actions) => {
    if (Notification) {
      Notification.emit(message, type, { autoClose, actions });
    }
  };
  const documents = new Documents(app, parts.documents, server, say);
  const watch = new Watch(server, documents, say);
  addCommands(app, parts, server, watch, documents);
  if (parts.bar && parts.widgets.Widget) {
    statusItem(app, parts, watch);
  }
  if (parts.menus && parts.widgets.Menu) {
    const menu = new parts.widgets.Menu({ commands: app.commands });
    menu.id = 'classhub-material-menu';
    menu.title.label = 'Material';
    COMMANDS.forEach(command => menu.addItem({ command }));
    parts.menus.addMenu(menu, true, { rank: 500 });
  }
  if (parts.palette) {
    COMMANDS.forEach(command => parts.palette.addItem({ command, category: CATEGORY }));
  }
  app.restored.then(() => watch.start());
}
