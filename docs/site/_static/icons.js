// The theme's icons would replace those of the widgets, which look for theirs again: put them inside.
window.FontAwesomeConfig = { autoReplaceSvg: "nest" };
