/// A node asks itself questions after it has caught up, over its own samples and its own HTTP, so
/// that the compilers have seen the ways of queries before somebody waits for an answer.
/// - **Lives here:** what is asked, how much and when, and a small client.
/// - **May not live here:** how a question is answered: that is what is being practised.
/// - **Threads:** one platform thread, from the start until enough was asked.
/// - **Units:** a `long …Nanos` is elapsed time of the ticker or processor time of this process.
@NullMarked
package io.trivigil.web.warmup;

import org.jspecify.annotations.NullMarked;
