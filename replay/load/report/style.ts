/** The look of a report, on light and on dark screens. */
export const style = `
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1d2327; --faint: #d9dcdd; --quiet: #5c666c;
  --first: #1f6fb2; --second: #a85a00; --third: #3d7d3a; --bad: #b3261e; --note: #fff4d6; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181b; --ink: #e4e8ea; --faint: #333b40; --quiet: #9aa5ab;
  --first: #6db3ee; --second: #f0a24f; --third: #82c77e; --bad: #ff8a80; --note: #3a3213; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.125rem; margin-top: 2rem; }
.warning { background: var(--note); border-left: 4px solid var(--second); padding: .5rem .75rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem .25rem 0; text-align: right; border-bottom: 1px solid var(--faint); white-space: nowrap; }
th:first-child { text-align: left; font-weight: 500; width: 100%; } thead th { color: var(--quiet); font-weight: 500; }
figure { margin: 2rem 0 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 12px; } .grid { stroke: var(--faint); fill: none; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 0; }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin-right: .4rem; }
`;
