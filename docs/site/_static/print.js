// On paper nothing can be opened: what is folded is printed at the end, and its place says so.
(() => {
  let home = [];

  function unfold() {
    const article = document.querySelector("article.bd-article");
    const folded = [...(article?.querySelectorAll("details") ?? [])];
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
      title.textContent = `Folded ${at + 1}: ${details.querySelector("summary").textContent.trim()}`;
      home.push({ details, place, open: details.open });
      details.replaceWith(place);
      details.open = true;
      end.append(title, details);
    }
  }

  function fold() {
    for (const { details, place, open } of home.reverse()) {
      place.replaceWith(details);
      details.open = open;
    }
    document.querySelector("section.answers-printed")?.remove();
    home = [];
  }

  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);
})();
