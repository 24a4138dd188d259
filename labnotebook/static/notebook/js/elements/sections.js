// Section navigation: marks the chapter whose head last passed the upper third of the window.
const links = [...document.querySelectorAll(".secnav a[href^='#']")];
const heads = links.map((a) => document.getElementById(a.hash.slice(1)));
const mark = () => {
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  let at = 0;
  heads.forEach((head, i) => { if (head && head.getBoundingClientRect().top < innerHeight / 3) at = i; });
  if (end) at = links.length - 1;
  links.forEach((a, i) => (i === at ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current")));
};
links.forEach((a, i) => a.addEventListener("click", () => { if (heads[i]?.matches("details")) heads[i].open = true; }));
addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
mark();
