/** The style of the timeline page, besides the common one. */
export const TIMELINE_STYLE = `header>h1{position:absolute;width:1px;height:1px;padding:0;overflow:hidden;clip-path:inset(50%)}
#timeline{display:grid;grid-template-columns:minmax(0,1fr);gap:.6rem}
#timeline .row{margin:0;gap:.4rem}
#timeline :is(button,select,input){padding:.25rem .6rem}#timeline label{margin:0}#timeline label input,#timeline label select{width:auto;display:inline-block;margin:0}
#stage{display:grid;gap:.4rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
#stage figure{margin:0;max-width:none;display:grid;grid-template-columns:minmax(0,1fr)}
#stage canvas,#stage video{grid-area:1/1;width:100%;aspect-ratio:4/3;max-height:max(10rem,calc(100vh - 33rem));object-fit:contain;display:block;background:var(--screen);border-radius:var(--r)}
#stage .empty canvas,#stage .empty video{opacity:.25;filter:grayscale(1)}
#stage .why{grid-area:1/1;place-self:center;color:var(--lit);background:var(--veil);padding:.4rem .8rem;border-radius:var(--r);text-align:center;margin:.5rem}
#stage .why:empty{display:none}
#stage figcaption{padding:.1rem .2rem;display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;font-variant-numeric:tabular-nums}
#timeline section:has(#rows){padding:.3rem .5rem}#rows{max-height:max(11rem,38vh);overflow-y:auto}
#time{font-variant-numeric:tabular-nums}
#play{min-width:5.5rem}
#calendar{position:relative}
#calendar summary{list-style:none;display:flex;align-items:center;border:1px solid var(--edge);border-radius:var(--r);padding:.25rem .7rem;min-height:var(--touch);color:var(--text);white-space:nowrap}
#calendar summary::after{margin-left:.4rem;content:" \\25be";content:" \\25be"/""}
#calendar .month{position:absolute;z-index:3;left:0;top:calc(100% + .2rem);background:var(--card);border:1px solid var(--edge);border-radius:.6rem;padding:.6rem;box-shadow:0 .3rem 1rem var(--shade)}
#calendar table{border-collapse:collapse;margin:.3rem 0 0}
#calendar th{font-weight:400;color:var(--dim);font-size:.8rem}
#calendar td{padding:1px}
#calendar td button{width:min(var(--touch),(100vw - 4rem)/7);min-width:0;padding:0;background:none;color:var(--text);border-color:transparent}
#calendar td button.has{border-color:var(--good);border-bottom-width:.25rem;font-weight:600}
#calendar td button:disabled{color:var(--dim);opacity:.6;cursor:default}
#calendar td [aria-current]{background:var(--link);color:var(--on)}
#calendar .row{justify-content:space-between}
#strip{position:relative;height:6.8rem;overflow:hidden;border:1px solid var(--line);border-radius:var(--r);background:var(--card);touch-action:pan-y;cursor:grab;user-select:none;-webkit-user-select:none}
#strip img{position:absolute;top:0;width:96px;height:72px;border-radius:0;object-fit:cover;pointer-events:none;background:none}
#strip svg{position:absolute;left:0;bottom:0;width:100%;height:1rem}
#strip .ticks{position:absolute;inset:auto 0 1rem 0;height:1.1rem;font-size:.75rem;line-height:1.1rem;pointer-events:none}
#strip .ticks span{position:absolute;transform:translateX(-50%);background:var(--card);padding:0 .2rem;border-radius:.2rem;white-space:nowrap;font-variant-numeric:tabular-nums}
.head{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:var(--bad);pointer-events:none}
#strip .head{left:50%}
#timeline .both{gap:.6rem 2rem}
@media(hover:none){#keys{display:none}}
#clip-does p{margin:.4rem 0!important}
.zoom{justify-content:center}
#zoom{min-width:7rem;text-align:center;color:var(--dim)}
.hours{position:relative;height:1.2rem;font-size:.75rem;color:var(--dim);margin-left:10.5rem}
.hours span{position:absolute;transform:translateX(-50%)}.hours span:first-child{transform:none}
#rows li{display:grid;grid-template-columns:10rem minmax(0,1fr);gap:.2rem .5rem;align-items:center;margin-bottom:.35rem}
#rows button{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:left;width:100%}
#rows [aria-pressed=true]{border-color:var(--link);border-width:2px;border-left-width:.5rem}
.bar{position:relative;height:2.2rem;cursor:pointer;touch-action:pan-y;background:var(--back);border:1px solid var(--line);border-radius:.2rem;overflow:hidden}
.bar svg{width:100%;height:100%;display:block}
.rec{fill:var(--good)}.kept{fill:var(--link)}.bad{fill:var(--bad)}.idle{fill:var(--edge);opacity:.5}.event{fill:var(--warn)}.clip{fill:var(--text);opacity:.25}.future{fill:var(--line)}
#rows .state{grid-column:1/-1;font-size:.85rem;color:var(--dim);margin:0}
.below{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
#list ul{max-height:70vh;overflow-y:auto;display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.2rem .8rem}
#list .plain{grid-column:1/-1}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem;color:var(--dim);margin:.4rem 0}.legend svg{width:1.2rem;height:.8rem;vertical-align:-.05rem;margin-right:.3rem}
#list button{background:none;border:0;color:var(--link);text-decoration:underline;padding:.2rem 0;font-variant-numeric:tabular-nums}
#list img{width:8rem;height:6rem}
figure>video{width:100%}
@media(max-width:40rem){.hours{margin-left:0}#rows li{grid-template-columns:1fr;gap:0}#rows button{border-radius:var(--r) .4rem 0 0;padding:0 .5rem;border-color:var(--line)}.plays,.sets,.when{justify-content:space-between;width:100%}.plays button{padding:.25rem .5rem}#timeline .when{gap:.25rem}#timeline .when button,#calendar summary{padding:.25rem .3rem;font-size:.9rem}#stage canvas,#stage video{max-height:36vh}}
`;
