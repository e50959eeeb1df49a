/// Rule files: groups of recording and alerting rules.
/// - **Lives here:** the reader, its checks, and the immutable rules that come out.
/// - **May not live here:** evaluation, state.
/// - **Threads:** everything read is immutable.
@NullMarked
package io.trivigil.rules.file;

import org.jspecify.annotations.NullMarked;
