// A file is judged before it travels: kind and size are said beside the box, and a long upload shows how far it is.

const size = (bytes: number): string =>
  bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

const wrong = (box: HTMLInputElement, file: File): string => {
  const most = Number(box.dataset.most || 20971520);
  if (file.size > most) return `文件 ${size(file.size)}，超过 ${size(most)}`;
  if (file.size === 0) return '文件是空的';
  const kinds = (box.accept || '').split(',').map((one) => one.trim().toLowerCase()).filter(Boolean);
  const fits = kinds.some((one) =>
    one.startsWith('.') ? file.name.toLowerCase().endsWith(one)
      : one.endsWith('/*') ? file.type.startsWith(one.slice(0, -1)) : file.type === one);
  return kinds.length === 0 || fits ? '' : '文件类型不对';
};

export const files = (box: HTMLInputElement): void => {
  const note = document.createElement('span');
  note.className = 'field-hint';
  note.setAttribute('role', 'status');
  box.after(note);
  box.addEventListener('change', () => {
    const file = box.files && box.files[0];
    const fault = file ? wrong(box, file) : '';
    box.setCustomValidity(fault);
    note.className = fault ? 'field-error' : 'field-hint';
    note.textContent = file ? fault || `${file.name}，${size(file.size)}` : '';
  });
};

document.addEventListener('htmx:xhr:progress', (event) => {
  const { elt, loaded, total, lengthComputable } = (event as CustomEvent).detail;
  if (!lengthComputable || !(elt instanceof HTMLFormElement) || elt.enctype !== 'multipart/form-data') return;
  let bar = elt.querySelector<HTMLProgressElement>('progress[data-upload]');
  if (!bar) {
    bar = document.createElement('progress');
    bar.dataset.upload = '';
    bar.setAttribute('aria-label', '上传进度');
    elt.append(bar);
  }
  bar.max = total;
  bar.value = loaded;
});
