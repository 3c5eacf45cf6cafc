import { DESIGN_TOKENS } from "./design-tokens";

/** The stylesheet of the page on which browsers watch directly. It comes from servers that have no other pages too. */
export const WATCH_STYLE = `${DESIGN_TOKENS}*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text)}
header,main{padding-inline:max(var(--m),(100% - 64rem)/2)}
header{background:var(--card);border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:.6rem;min-width:var(--touch);min-height:3.25rem;font-weight:600;font-size:1.1rem;color:inherit;text-decoration:none}
.logo{flex:none;width:1.9rem;height:1.9rem;color:var(--link)}
main{padding-block:var(--l)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 var(--s);overflow-wrap:anywhere}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 var(--s)}
ol,ul{list-style:none;padding:0;margin:var(--s) 0}
#steps{color:var(--dim)}#steps li:last-child{color:var(--text)}#steps .bad{color:var(--bad)}
#devices ul{display:flex;flex-wrap:wrap;gap:var(--s)}
section,form{background:var(--card);border:1px solid var(--line);border-radius:var(--r);padding:var(--m);margin:0 0 var(--m)}
figure{margin:0 0 var(--m)}canvas,video{width:100%;height:auto;background:var(--tint);border-radius:var(--r);display:block}
.row{display:flex;flex-wrap:wrap;gap:var(--s);margin-bottom:var(--m)}
label{display:block;margin:0 0 .7rem}label input,label select{display:block;width:100%;max-width:26rem;margin-top:.2rem}
button,input,select{font:inherit;min-height:var(--touch);min-width:var(--touch);padding:.4rem var(--m);border-radius:var(--r);border:1px solid var(--edge);max-width:100%;background:var(--back);color:var(--text)}
button{background:none;cursor:pointer}form button{margin-right:var(--s)}
form button:first-of-type{background:var(--link);border-color:var(--link);color:var(--on)}
[aria-pressed=true]{font-weight:600;border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
#moves{display:grid;grid-template:repeat(3,3rem)/repeat(3,3rem);gap:.3rem;margin:0 0 var(--m)}
#moves button{padding:0}#moves :nth-child(1){grid-area:1/2}#moves :nth-child(2){grid-area:2/1}#moves :nth-child(3){grid-area:2/2}#moves :nth-child(4){grid-area:2/3}#moves :nth-child(5){grid-area:3/2}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}
[hidden]{display:none!important}
`;
