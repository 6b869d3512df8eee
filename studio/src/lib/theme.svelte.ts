const stored = localStorage.getItem("ganymede-theme");
const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

let current = $state<"light" | "dark">(
  stored === "dark" || stored === "light" ? stored : preferred,
);
const apply = () => document.documentElement.setAttribute("data-theme", current);
apply();

export const theme = {
  get current(): "light" | "dark" {
    return current;
  },
  toggle(): void {
    current = current === "dark" ? "light" : "dark";
    localStorage.setItem("ganymede-theme", current);
    apply();
  },
};

/** The value of a design token, for canvases: `colour("accent")`. Read it again when the theme changes. */
export function colour(token: string): string {
  // Reading it makes whoever draws depend on it.
  void current;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
}
