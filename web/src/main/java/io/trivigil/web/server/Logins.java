package io.trivigil.web.server;

/// Decides whether a request may pass.
@FunctionalInterface
public interface Logins {
  /// Everybody may.
  Logins OPEN = _ -> true;

  /// @param authorization the header `Authorization`, empty if there is none
  boolean allow(String authorization);
}
