package io.trivigil.dashboards;

import java.util.Optional;

/// One file that pages refer to: script, style, picture.
///
/// @param name as in the address, its content's hash included
/// @param contentType for the `Content-Type` header
/// @param immutable whether a browser may keep it for ever: the name changes with the content
/// @param bytes shared and not copied: do not write to it
/// @param gzip the same compressed, where that is worth it; shared as well
public record Asset(
    String name, String contentType, boolean immutable, byte[] bytes, Optional<byte[]> gzip) {

  /// Returns what to send as `Cache-Control`.
  public String cacheControl() {
    return immutable ? "public, max-age=31536000, immutable" : "no-cache";
  }
}
