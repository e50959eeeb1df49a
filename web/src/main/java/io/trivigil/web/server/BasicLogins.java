package io.trivigil.web.server;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// HTTP basic log-ins against bcrypt hashes. Verdicts are remembered by a digest, since one bcrypt
/// takes a tenth of a second. Thread-safe: a private lock guards the verdicts.
public final class BasicLogins implements Logins {
  /// How many verdicts are remembered.
  public static final int REMEMBERED = 1_024;

  /// How many hashes are computed at one time.
  public static final int CONCURRENT = 2;

  // What is compared for an unknown name, so that names can not be found by timing.
  private static final String NOBODY =
      "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

  private final Map<String, String> hashes;
  private final Semaphore computing = new Semaphore(CONCURRENT);
  private final Object lock = new Object();
  private final Map<String, Boolean> verdicts =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// @param hashes bcrypt hashes by user name
  public BasicLogins(Map<String, String> hashes) {
    this.hashes = Map.copyOf(hashes);
  }

  @Override
  public boolean allow(String authorization) {
    if (hashes.isEmpty()) {
      return true;
    }
    if (!authorization.toLowerCase(Locale.ROOT).startsWith("basic ")) {
      return false;
    }
    String digest = digest(authorization);
    synchronized (lock) {
      Boolean known = verdicts.get(digest);
      if (known != null) {
        return known;
      }
    }
    boolean verdict = compute(authorization.substring("basic ".length()).strip());
    synchronized (lock) {
      verdicts.put(digest, verdict);
    }
    return verdict;
  }

  private boolean compute(String encoded) {
    String plain;
    try {
      plain = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return false;
    }
    int colon = plain.indexOf(':');
    if (colon < 0) {
      return false;
    }
    String hash = hashes.getOrDefault(plain.substring(0, colon), NOBODY);
    byte[] password = plain.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
    computing.acquireUninterruptibly();
    try {
      boolean verified =
          password.length <= 72
              && BCrypt.verifyer()
                  .verify(password, hash.getBytes(StandardCharsets.US_ASCII))
                  .verified;
      return verified && hashes.containsKey(plain.substring(0, colon));
    } finally {
      computing.release();
    }
  }

  private static String digest(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
