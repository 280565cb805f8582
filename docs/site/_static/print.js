// On paper nothing can be opened: what is folded is printed at the end, and its place says so.
(() => {
  const FOLDED = "details.hide, details.hint:not(details.hint details)";
  let home = [];

  function unfold() {
    const article = document.querySelector("article.bd-article");
    const folded = [...(article?.querySelectorAll(FOLDED) ?? [])];
    if (!folded.length || home.length) return;
    const end = document.createElement("section");
    end.className = "answers-printed";
    end.innerHTML = "<h2>What was folded</h2>";
    article.append(end);
    for (const [at, details] of folded.entries()) {
      const place = document.createElement("p");
      place.className = "answers-printed";
      place.textContent = `(Folded ${at + 1}, at the end)`;
      const title = document.createElement("h3");
      title.textContent = `Folded ${at + 1}`;
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
