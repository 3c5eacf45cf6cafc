/** The style of the page about the demo's network, with the variables of the common one. @see DESIGN_TOKENS */
export const NETWORK_STYLE = `#network{display:grid;gap:var(--m);grid-template-columns:minmax(0,1fr);margin-top:var(--m)}
@media(min-width:56rem){#network{grid-template-columns:minmax(0,30rem) minmax(0,1fr);grid-template-rows:auto 1fr}#picture{grid-row:1/3;align-self:start;position:sticky;top:var(--m)}}
#network>section{margin:0}
#drawing{display:block;width:100%;max-width:34rem;margin:0 auto;font-size:11px}
#drawing text{text-anchor:middle;fill:var(--text)}#drawing .name{font-weight:600;font-size:13px}
#drawing text.zone{text-anchor:start;fill:var(--dim)}
#drawing rect{fill:var(--card);stroke:var(--edge)}
#drawing rect.zone{fill:var(--back);stroke:var(--line)}
#drawing a:hover rect{stroke:var(--link)}#drawing .first rect{stroke:var(--link);stroke-width:2}#drawing .crown{fill:var(--link)}
#drawing .off rect{stroke:var(--bad);stroke-dasharray:4 3}#drawing .off text{fill:var(--dim)}#drawing .off .name{text-decoration:line-through}
.cable,.flow{fill:none}.cable{stroke:var(--edge);stroke-width:1.5}.cable.cut{stroke:var(--bad);stroke-dasharray:2 5}
.flow{stroke-width:2.5;stroke-dasharray:6 6;animation:flow 1s linear infinite}@keyframes flow{to{stroke-dashoffset:-12}}
.watched{stroke:var(--link)}.recorded{stroke:var(--good)}.tunnel{stroke:var(--warn)}.relayed{stroke:var(--text);stroke-width:1.5;stroke-dasharray:2 4}
#legend li{display:flex;align-items:center;gap:var(--s)}#legend svg{flex:none;width:2.5rem;height:.5rem}
#legend{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));margin-top:var(--s);font-size:.9rem}
#happened ol{list-style:none;margin:0;padding:0;max-height:34rem;overflow-y:auto}#happened li{padding:.3rem 0;border-bottom:1px solid var(--line)}#happened time{color:var(--dim);font-variant-numeric:tabular-nums;margin-right:.4rem}
#devices ul{display:grid;gap:0 var(--l);grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
#devices li{display:flex;flex-wrap:wrap;gap:0 var(--s);align-items:center;justify-content:space-between;padding:.4rem 0;border-bottom:1px solid var(--line);scroll-margin:4rem}
#devices li>div{flex:1 1 10rem;min-width:0}#devices h3,#devices form,#devices p{margin:0}#devices li p{font-size:.9rem}#devices h3>a{margin-block:-.6rem}
#devices :target{box-shadow:-.3rem 0 var(--link)}#devices form{display:flex;flex-flow:row-reverse wrap;align-items:center;gap:0 var(--s)}#devices output{font-size:.9rem}
#latest{position:sticky;bottom:0;pointer-events:none;margin:0;padding:.6rem var(--m);background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--link);border-radius:var(--r)}#latest:empty{display:none}
@media(min-width:56rem){#latest{position:absolute;width:1px;height:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}}
`;
