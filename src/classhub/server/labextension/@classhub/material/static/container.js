// What JupyterLab's loader expects of an extension: an object that is given the shared modules and hands out ours.
// Written by hand, so that nothing has to be built.
'use strict';
(() => {
  const here = document.currentScript.src;
  let shared = {};

  // The version that JupyterLab itself takes: one that is loaded, else the highest.
  const versionOf = versions => {
    const loaded = Object.keys(versions).filter(version => versions[version].loaded);
    const numbers = version => version.split(/[.+-]/).map(part => parseInt(part, 10) || 0);
    const order = (one, other) => {
      const [first, second] = [numbers(one), numbers(other)];
      const at = first.findIndex((number, index) => number !== (second[index] || 0));
      return at < 0 ? 0 : first[at] - (second[at] || 0);
    };
    return (loaded.length ? loaded : Object.keys(versions)).sort(order).pop();
  };

  // A module that this application has, or an empty one: an application without a status bar is no error.
  const take = async name => {
    const versions = shared[name];
    if (!versions || !Object.keys(versions).length) {
      return {};
    }
    try {
      return (await versions[versionOf(versions)].get())();
    } catch (error) {
      console.warn(`Course material does without ${name}`, error);
      return {};
    }
  };

  const container = {
    init: scope => {
      shared = scope;
    },
    get: async module => {
      if (module !== './extension') {
        throw new Error(`Course material has no ${module}`);
      }
      const { plugins } = await import(new URL('plugins.js', here).href);
      const found = await plugins(take);
      return () => ({ __esModule: true, default: found });
    }
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['@classhub/material'] = container;
})();
