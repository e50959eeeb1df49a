/// What stands for a class of Ratis under its own name, because Ratis leaves no choice of it.
/// - **Lives here:** classes that Ratis has too and that do the same, faster or with less memory:
///   ours come first on the class path.
/// - **May not live here:** anything that would be missed if Ratis' own class came first
///   (`docs/adr/0023`, `docs/adr/0026`).
@NullMarked
package org.apache.ratis.util;

import org.jspecify.annotations.NullMarked;
