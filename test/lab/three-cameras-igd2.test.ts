import { threeCameras } from "./three-cameras-suite";

threeCameras("igd2 secure", ["node"]);
threeCameras("igd2 secure", ["xs", "node"]);
