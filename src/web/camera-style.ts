/** The style of a camera's own page, in the common stylesheet. */
export const CAMERA_STYLE = `.stage{display:flex;flex-wrap:wrap;gap:0 var(--l)}.stage>figure{flex:999 1 24rem;max-width:max(20rem,min(64rem,(100vh - 9rem)*4/3))}.stage>div{flex:1 1 18rem}.stage .row{gap:var(--s)}.stage .row .button,#full{padding:.4rem .75rem}.stage [role=group]{margin-top:var(--s)}
.stage>figure{position:relative}#stopped:not(:empty){position:absolute;inset:auto 0 0;margin:0;padding:.5rem var(--m);background:var(--veil);color:var(--lit);font-weight:600;border-radius:0 0 var(--r) var(--r);pointer-events:none}
#recent .grid{grid-template-columns:repeat(auto-fill,minmax(min(100%,11rem),1fr))}
.links{margin:var(--s) 0}.links>li{justify-content:space-between;padding:.3rem 0;border-top:1px solid var(--line)}.links>li>div{flex:1 1 12rem;overflow-wrap:anywhere}
details .copy code{white-space:pre-wrap}
figure:fullscreen{max-width:none;display:grid;background:var(--screen)}
figure:fullscreen img{height:100vh;border-radius:0}
[data-moves]{touch-action:none;cursor:grab}
.moves{display:grid;grid-template:repeat(3,3rem)/repeat(3,3rem);gap:.3rem;margin:var(--s) 0}
.moves form{margin:0}
.moves form:nth-child(1){grid-area:1/2}.moves form:nth-child(2){grid-area:2/1}.moves form:nth-child(3){grid-area:2/2}.moves form:nth-child(4){grid-area:2/3}.moves form:nth-child(5){grid-area:3/2}
.moves button{background:none;color:var(--text);border-color:var(--edge);width:100%;height:100%;padding:0;font-size:1.1rem}
`;
