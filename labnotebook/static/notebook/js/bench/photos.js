// Photos and files of a step: made smaller here, then kept in the queue like every entry, and sent one by one.
import { newId } from "./queue.js";

const LONGEST_SIDE = 2048, QUALITY = 0.85;

/** Return the picture with at most 2048 px on its longer side, as JPEG; what is no picture stays as it is. */
export async function smaller(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.type === "image/jpeg") return file;
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale), height: Math.round(picture.height * scale),
    });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type }) : file;
  } catch { return file; } // a format that this browser cannot draw is kept as it came
}

/** Return the entries of a form with files; each holds its bytes. */
export async function fileEntries(form) {
  const { target, note, file } = form.elements;
  const said = { kind: "file", target: target.value, note: note?.value.trim() || "", at: new Date().toISOString() };
  const kept = await Promise.all([...file.files].map(smaller));
  return kept.map((blob) => ({ ...said, id: newId(), value: blob.name, blob }));
}
