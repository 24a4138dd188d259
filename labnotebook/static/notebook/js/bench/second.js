//# allFunctionsCalledOnLoad
// The second forecast, the moment the look of the flask is tapped. It needs the network; the record does not.
let asked = 0;

/** Carry what is shown over to the same place, drawn anew by the server. */
export function carrySecond(old, fresh) {
  const [was, is] = [old, fresh].map((place) => place.querySelector("[data-second]"));
  if (was?.dataset.shown && is) is.replaceWith(was);
}

/** Show what a look makes of the forecast, beside the looks. */
export async function showSecond(place, look) {
  const room = place.querySelector("[data-second]");
  if (!room || !look || room.dataset.shown === look) return;
  const turn = ++asked;
  try {
    const answer = await fetch(`${room.dataset.second}?look=${encodeURIComponent(look)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    room.replaceChildren(...page.body.childNodes);
    room.dataset.shown = look;
  } catch { /* no network: what was seen is kept all the same */ }
}
