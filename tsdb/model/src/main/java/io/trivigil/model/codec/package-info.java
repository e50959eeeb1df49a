/// Bytes of commands and machine state: one writer, one reader, no schema compiler.
/// - **Lives here:** primitive encodings and the encoding of the model's own types.
/// - **May not live here:** any particular command.
/// - **Threads:** writers and readers belong to one thread.
@NullMarked
package io.trivigil.model.codec;

import org.jspecify.annotations.NullMarked;
