/// Contextual escaping: every value is escaped for the very place of the page where it lands.
/// - **Lives here:** tracking where in HTML, a URL, a script or a style the text stands; the
///   escapers.
/// - **May not live here:** the template language, sanitising of whole documents.
/// - **Threads:** a writer belongs to one execution.
/// - **Spec:** Go's html/template. It decides contexts before execution; this writer follows the
///   real output, so branches that end in different contexts are no error here.
@NullMarked
package io.trivigil.template.html;

import org.jspecify.annotations.NullMarked;
