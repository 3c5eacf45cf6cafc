import type { ProgramAddress, Recipe } from "../../web/program-address";
import { recipesFor } from "../../web/recipes";
import type { Part } from "../part";
import type { ExtraPart } from "./camera";

/** Tells how Home Assistant, Frigate, go2rtc and other programs are set up for a camera (ONE-3). Boards do without it. */
class RecipesPart implements Part {
	recipes(addresses: readonly ProgramAddress[], name: string): readonly Recipe[] {
		return recipesFor(addresses, name);
	}
}

/** {@link RecipesPart} for a camera. */
export const RECIPES: ExtraPart = Object.freeze({ make: () => new RecipesPart() });
