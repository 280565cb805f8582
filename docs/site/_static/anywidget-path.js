(() => {
  // The widgets' manager asks requirejs for anywidget by its name, and would look beside the page.
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  requirejs.config({ paths: { anywidget: `${here}anywidget` } });

  // It hands labels to MathJax as version 2 took them. Ours have no formulas.
  let mathjax = window.MathJax;
  const withHub = (value) => Object.assign(value, { Hub: { Queue() {} } });
  if (mathjax) withHub(mathjax);
  Object.defineProperty(window, "MathJax", {
    get: () => mathjax,
    set: (value) => {
      mathjax = withHub(value);
    },
  });
})();
