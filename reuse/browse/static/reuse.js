// Better with this, whole without it: marks light up with their counterparts, and keys walk them.
"use strict";

(() => {
  const names = (element) => (element.dataset.marks || "").split(" ").filter(Boolean);

  const counterparts = (wanted) =>
    [...document.querySelectorAll("[data-marks]")].filter((e) =>
      names(e).some((name) => wanted.includes(name)),
    );

  let lit = [];
  const light = (wanted) => {
    for (const element of lit) element.classList.remove("lit");
    lit = wanted.length ? counterparts(wanted) : [];
    for (const element of lit) element.classList.add("lit");
  };

  const over = (event) => {
    const element = event.target.closest?.("[data-marks]");
    light(element ? names(element).slice(-1) : []);
  };
  document.addEventListener("mouseover", over);
  document.addEventListener("focusin", over);

  // n and p: the next and previous mark, by the place where it begins.
  const stops = () => {
    const area = document.querySelector("[data-marked]");
    if (!area) return [];
    const seen = new Set();
    return [...area.querySelectorAll("mark[data-marks], li[data-marks]")].filter((mark) => {
      const fresh = names(mark).filter((name) => !seen.has(name));
      for (const name of fresh) seen.add(name);
      return fresh.length > 0;
    });
  };

  let at = -1;
  const go = (step) => {
    const marks = stops();
    if (!marks.length) return;
    at = at < 0 && step < 0 ? marks.length - 1 : (at + step + marks.length) % marks.length;
    const mark = marks[at];
    document.querySelector(".current")?.classList.remove("current");
    mark.classList.add("current");
    mark.tabIndex = -1;
    mark.scrollIntoView({ block: "center", behavior: "auto" });
    mark.focus({ preventScroll: true });
    light(names(mark).slice(-1));
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select")) return;
    if (event.key === "n") go(1);
    else if (event.key === "p") go(-1);
    else if (event.key === "/") {
      const field = document.querySelector("main input[type=search], input[type=search]");
      if (!field) return;
      field.focus();
      field.select();
    } else return;
    event.preventDefault();
  });

  // A link to a place lights the whole mark, not only the point where it begins.
  const arrive = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return;
    light([name]);
    const place = stops().findIndex((mark) => names(mark).includes(name));
    if (place >= 0) at = place;
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
