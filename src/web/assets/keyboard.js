/**
 * The pages by keyboard. Elements with `data-row` are rows: j and k go from one to the next. Within a row (or, without
 * one, within the page) an element with `data-key="g"` is what g presses, and so for b, u, z and /; `a[data-open]` is
 * what o opens. 1 to 9 are the links of the navigation. Nothing happens while somebody types, or with a modifier key,
 * and all of it can be switched off (WCAG 2.1.4).
 */
const storageKey = 'hotspots-keyboard';
const help = [
  ['j k', 'next, previous row'],
  ['o', 'open the row'],
  ['x', 'select the row'],
  ['g b u', 'good, bad, clear the verdict'],
  ['z', 'undo…'],
  ['/', 'filter'],
  ['1–9', 'sections'],
  ['Esc', 'back'],
  ['?', 'this list'],
];

const isOn = () => localStorage.getItem(storageKey) !== 'off';
const rows = () => [...document.querySelectorAll('[data-row]')];
const currentRow = () => document.querySelector('[data-row][aria-current="true"]');

function goTo(row) {
  currentRow()?.removeAttribute('aria-current');
  if (row === undefined || row === null) return;
  row.setAttribute('aria-current', 'true');
  row.setAttribute('tabindex', '-1');
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function step(by) {
  const all = rows();
  const row = currentRow();
  const index = row === null ? (by > 0 ? 0 : all.length - 1) : all.indexOf(row) + by;
  goTo(all[Math.max(0, Math.min(all.length - 1, index))]);
}

/** The element that a key means: in the current row, else anywhere outside rows. */
function target(selector) {
  const inRow = currentRow()?.querySelector(selector);
  return (
    inRow ??
    [...document.querySelectorAll(selector)].find((element) => element.closest('[data-row]') === null)
  );
}

function press(selector) {
  const element = target(selector);
  if (element === null || element === undefined) return false;
  if (element.matches('input:not([type="submit"], [type="checkbox"]), select, textarea')) element.focus();
  else {
    leadToNextRow(element);
    element.click();
  }
  return true;
}

/** After a verdict on a row, the page comes back at the next one. */
function leadToNextRow(button) {
  const row = currentRow();
  const back = button.form?.elements.namedItem('back');
  if (row === null || !back || button.name !== 'verdict') return;
  const all = rows();
  const next = all[all.indexOf(row) + 1] ?? row;
  back.value = `${back.value.split('#')[0]}#${next.id}`;
}

const actions = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  o: () => press('a[data-open]') || press('[data-key="o"]'),
  Enter: () => press('a[data-open]'),
  x: () => press('input[type="checkbox"][data-select]'),
  '?': () => dialog().showModal(),
  Escape: () => (currentRow() === null ? history.back() : goTo(null)),
};

addEventListener('keydown', (event) => {
  if (!isOn() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest('input:not([type="checkbox"], [type="range"]), select, textarea');
  if (document.querySelector('dialog[open]') !== null) return;
  if (typing !== null) {
    if (event.key === 'Escape') typing.blur();
    return;
  }
  const { key } = event;
  // The arrows scroll, and Enter presses what has the focus, unless a row is current.
  if (['ArrowDown', 'ArrowUp', 'Enter'].includes(key) && currentRow() === null) return;
  if (key === 'Enter' && event.target !== currentRow()) return;
  const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
  const done = action === undefined ? /^[gbuz/1-9]$/.test(key) && press(`[data-key="${key}"]`) : action();
  if (done !== false) event.preventDefault();
});

let shown = null;

function dialog() {
  if (shown !== null) return shown;
  shown = document.createElement('dialog');
  shown.setAttribute('aria-labelledby', 'keyboard-help');
  const title = document.createElement('h2');
  title.id = 'keyboard-help';
  title.textContent = 'Keyboard';
  const list = document.createElement('dl');
  for (const [keys, meaning] of help) {
    const term = document.createElement('dt');
    for (const key of keys.split(' ')) {
      const element = document.createElement('kbd');
      element.textContent = key;
      term.append(element, ' ');
    }
    const description = document.createElement('dd');
    description.textContent = meaning;
    list.append(term, description);
  }
  const label = document.createElement('label');
  const toggle = document.createElement('input');
  toggle.type = 'checkbox';
  toggle.checked = isOn();
  toggle.addEventListener('change', () => localStorage.setItem(storageKey, toggle.checked ? 'on' : 'off'));
  label.append(toggle, ' Keys are on');
  const close = document.createElement('form');
  close.method = 'dialog';
  const button = document.createElement('button');
  button.textContent = 'Close';
  close.append(button);
  shown.append(title, list, label, close);
  document.body.append(shown);
  return shown;
}

const opener = document.querySelector('[data-keyboard-help]');
if (opener !== null) {
  opener.hidden = false;
  opener.addEventListener('click', () => dialog().showModal());
}

/** After a verdict the page comes back with the row that was judged in its address: the next one is current. */
const judged = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
if (judged?.matches('[data-row]')) goTo(judged);

/** A slider beside a list of moments: it stands where the list does, and letting it go shows that moment. */
for (const slider of document.querySelectorAll('input[data-slides]')) {
  const list = slider.form.elements.namedItem(slider.dataset.slides);
  slider.closest('[hidden]')?.removeAttribute('hidden');
  slider.addEventListener('input', () => {
    list.selectedIndex = Number(slider.value);
  });
  slider.addEventListener('change', () => slider.form.requestSubmit());
}

/** "Select all" of a list. */
for (const box of document.querySelectorAll('input[data-select-all]')) {
  box.closest('[hidden]')?.removeAttribute('hidden');
  box.addEventListener('change', () => {
    for (const each of document.querySelectorAll('input[data-select]')) each.checked = box.checked;
  });
}
