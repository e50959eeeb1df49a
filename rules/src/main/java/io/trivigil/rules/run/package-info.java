/// The replicated part: what rule runs did, recorded in log order on every node.
/// - **Lives here:** commands, their bytes, the machine, its state.
/// - **May not live here:** clocks, chance, I/O, regular expressions, templates, PromQL: the leader
///   has decided all that.
/// - **Threads:** the machine is changed by the applying thread alone and may be read from any.
@NullMarked
package io.trivigil.rules.run;

import org.jspecify.annotations.NullMarked;
