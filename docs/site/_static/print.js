// On paper nothing can be opened: what is folded is printed at the end, and its place says so.
(() => {
  const FOLDED = "details.hide, details.words, details.hint:not(details.hint details)";
  const { title: heading, name, place: there } = document.currentScript.dataset;
  const numbered = (text, at) => text.replace("{number}", at + 1);
  let home = [];

  function unfold() {
    const article = document.querySelector("article.bd-article");
    const folded = [...(article?.querySelectorAll(FOLDED) ?? [])];
    if (!folded.length || home.length) return;
    const end = document.createElement("section");
    end.className = "answers-printed";
    end.append(document.createElement("h2"));
    end.firstChild.textContent = heading;
    article.append(end);
    for (const [at, details] of folded.entries()) {
      const place = document.createElement("p");
      place.className = "answers-printed";
      place.textContent = numbered(there, at);
      const title = document.createElement("h3");
      title.textContent = numbered(name, at);
      const all = [details, ...details.querySelectorAll("details.hint")];
      home.push({ details, place, all, open: all.map((each) => each.open) });
      for (const each of all) each.open = true;
      details.replaceWith(place);
      end.append(title, details);
    }
  }

  function fold() {
    for (const { details, place, all, open } of home) {
      place.replaceWith(details);
      all.forEach((each, at) => {
        each.open = open[at];
      });
    }
    document.querySelector("section.answers-printed")?.remove();
    home = [];
  }

  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);
})();
