import { threeCameras } from "./three-cameras-suite";

threeCameras("igd1 insecure", ["node"]);
threeCameras("igd1 insecure", ["node", "xs"]);
