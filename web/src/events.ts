// "Look again": the server says only that something happened; the bell is then fetched anew, at most every 20 s, and
// only while the page is seen, since a browser grants one server few connections.
import type htmx from 'htmx.org';

const least = 20000;

export const events = (): void => {
  let source: EventSource | null = null;
  let last = 0;
  let waiting = 0;
  const look = (): void => {
    const wait = last + least - Date.now();
    if (wait > 0) {
      if (!waiting) waiting = window.setTimeout(look, wait);
      return;
    }
    waiting = 0;
    last = Date.now();
    (window as { htmx?: typeof htmx }).htmx?.trigger(document.body, 'notices', {});
  };
  const follow = (): void => {
    const url = document.body && document.body.dataset.events;
    if (!url || !window.EventSource) return;
    if (document.visibilityState === 'visible' && !source) {
      source = new EventSource(url);
      source.onmessage = look;
      source.addEventListener('notice', look);
    } else if (document.visibilityState === 'hidden' && source) {
      source.close();
      source = null;
    }
  };
  window.addEventListener('load', () => setTimeout(follow, 1000));
  document.addEventListener('visibilitychange', follow);
};
