/** The common stylesheet of the pages: light and dark, from phones to wide screens, without images or fonts. */
export const STYLESHEET = `:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--dim:#57606a;--line:#d0d7de;--edge:#6e7781;--card:#f6f8fa;--link:#0b57d0;--on:#fff;--bad:#b3261e;--warn:#8a4b00;--good:#136c2e;font:100%/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--back:#0f1419;--text:#e6edf3;--dim:#9aa5b1;--line:#38424d;--edge:#8b949e;--card:#181f27;--link:#8ab4f8;--on:#0b1a33;--bad:#ff9a92;--warn:#ffc46b;--good:#7ddc95}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:0 1rem 2rem;background:var(--back);color:var(--text)}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between;padding:.75rem 0}
body>main:first-child{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
a{color:var(--link)}
nav,.row{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center}
nav a,.row a,.address{display:inline-block;padding:.25rem 0;min-width:1.5rem}
[aria-current]{color:inherit;font-weight:600;text-decoration:none}
p{margin:.3rem 0}
img{width:100%;height:auto;aspect-ratio:4/3;object-fit:contain;background:#8883;border-radius:.4rem;display:block}
img.stale{filter:grayscale(1);opacity:.45}
figure{margin:0 0 .75rem;max-width:max(20rem,min(64rem,(100vh - 9rem)*4/3))}
.stage{display:flex;flex-wrap:wrap;gap:0 1.5rem}.stage>figure{flex:1 1 24rem}.stage>div{flex:0 1 15rem}.stage [role=group]>span{flex-basis:100%}
figure:fullscreen{max-width:none;display:grid;background:#000}
figure:fullscreen img{height:100vh;border-radius:0}
[data-moves]{touch-action:none;cursor:grab}
ul{list-style:none;padding:0;margin:0}
#cameras{display:grid;gap:1.25rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr))}
#cameras>li,section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem}
#cameras h2{margin:.5rem 0 0}section a,.code{display:inline-block;padding:.2rem 0;min-width:1.5rem}
.address{font-size:.875rem;overflow-wrap:anywhere}
.badge{font-size:.8rem;font-weight:400;border:1px solid var(--edge);border-radius:1rem;padding:.05rem .5rem;white-space:nowrap}
.health::before{content:"\\25cf";content:"\\25cf"/"";color:var(--good);margin-right:.4rem}
.health:not([data-health=ok])::before{content:"\\25b2";content:"\\25b2"/"";color:var(--bad)}
.health[data-health=unreachable]::before{color:var(--warn)}
.notice{border-left:.3rem solid var(--warn);background:var(--card);padding:.5rem .8rem;margin:0 0 1rem}
.banner{border:2px solid var(--bad);margin:0 0 1rem}
.banner h2{color:var(--bad)}
.hint,dt{color:var(--dim)}
.sections{columns:22rem;column-gap:1.25rem;margin-top:1.25rem}.sections>section{break-inside:avoid;margin-bottom:1.25rem}
form{margin:.4rem 0}
.row form,.moves form{margin:0}
label{display:block}
button,input,select,.button{font:inherit;min-height:2.5rem;padding:.3rem .8rem;border-radius:.4rem;border:1px solid var(--edge);max-width:100%}
input,select{background:var(--back);color:var(--text);padding:.3rem .5rem}
label input,label select{display:block;width:100%;max-width:24rem;margin:.2rem 0 .5rem}
button,.button{background:var(--link);border-color:var(--link);color:var(--on);cursor:pointer}
.row .button{text-decoration:none;padding:.4rem .8rem;line-height:1.5;min-height:0}
.plain,.moves button{background:none;color:var(--text);border-color:var(--edge)}
nav button{background:none;border:0;color:var(--link);padding:.25rem 0;min-height:0;text-decoration:underline}
[aria-pressed=true]{font-weight:600}
summary{cursor:pointer;padding:.25rem 0;color:var(--link)}
.moves{display:grid;grid-template:repeat(3,3rem)/repeat(3,3rem);gap:.3rem;margin:.5rem 0}
.moves form:nth-child(1){grid-area:1/2}.moves form:nth-child(2){grid-area:2/1}.moves form:nth-child(3){grid-area:2/2}.moves form:nth-child(4){grid-area:2/3}.moves form:nth-child(5){grid-area:3/2}
.moves button{width:100%;height:100%;padding:0;font-size:1.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.3rem 0}dd{margin:0;overflow-wrap:anywhere}
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
code,.code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
#news:not(:empty):not(.unseen){border-left:.3rem solid var(--warn);padding:.3rem .8rem}
[hidden]{display:none!important}
@media(scripting:none){.still{display:none}}
@media(prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important;animation:none!important}}
`;
