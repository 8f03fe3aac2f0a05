// What the reader has chosen, kept in the address so that a view can be sent to somebody.

export function createStore(initial) {
  const values = { ...initial };
  const listeners = [];
  return {
    get: (name) => values[name],
    set(changes) {
      const changed = Object.keys(changes).filter((name) => values[name] !== changes[name]);
      if (!changed.length) return;
      Object.assign(values, changes);
      for (const { names, listener } of [...listeners]) if (names.some((name) => changed.includes(name))) listener();
    },
    /** Call `listener` when one of these values changes; the result ends that. */
    watch(names, listener) {
      const entry = { names, listener };
      listeners.push(entry);
      return () => listeners.splice(listeners.indexOf(entry), 1);
    },
  };
}

export function readAddress() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function writeAddress(values) {
  const hash = new URLSearchParams(values).toString();
  // Some browsers refuse to rewrite the address of a page that was opened from disk; the page works without.
  try {
    history.replaceState(null, "", `#${hash}`);
  } catch {
    return false;
  }
  return true;
}
