package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals a bundle, secrets and all, with the cluster's key before it enters the log, so that
/// neither the log nor a backup can be read without the key. Without a key the bundle travels
/// openly.
///
/// Layout: `u8 0 | bundle`, or `u8 1 | bytes key id (8) | bytes nonce (12) | bytes AES-256-GCM of
/// the bundle`. The key is SHA-256 of the key file's bytes. Thread-safe if the generator is.
public final class Sealer {
  private static final int OPEN = 0;
  private static final int SEALED = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final List<byte[]> keys;
  private final RandomGenerator random;

  /// @param secrets the contents of the key files: the first seals, all of them open; none where
  ///   bundles travel openly
  /// @param random a cryptographically strong generator, for nonces
  public Sealer(List<byte[]> secrets, RandomGenerator random) {
    this.keys = secrets.stream().map(Sealer::sha256).toList();
    this.random = random;
  }

  public byte[] seal(byte[] plain) {
    if (keys.isEmpty()) {
      return new ByteWriter(plain.length + 1).u8(OPEN).raw(plain, 0, plain.length).toBytes();
    }
    byte[] key = keys.getFirst();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, nonce, plain);
    return new ByteWriter(sealed.length + 64)
        .u8(SEALED)
        .bytes(keyId(key))
        .bytes(nonce)
        .bytes(sealed)
        .toBytes();
  }

  /// @throws MalformedBytesException if the bytes were sealed with another key, or are damaged
  public byte[] open(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    if (in.u8() == OPEN) {
      return Arrays.copyOfRange(bytes, 1, bytes.length);
    }
    byte[] id = in.bytes();
    byte[] nonce = in.bytes();
    byte[] sealed = in.bytes();
    if (keys.isEmpty()) {
      throw new MalformedBytesException(
          "the configuration is sealed and this node has no cluster key: start it with"
              + " --cluster.key-file, the same file as on the other nodes");
    }
    for (byte[] key : keys) {
      if (Arrays.equals(id, keyId(key))) {
        return crypt(Cipher.DECRYPT_MODE, key, nonce, sealed);
      }
    }
    throw new MalformedBytesException(
        ("the configuration is sealed with the cluster key %s and this node has %s: give it the"
                + " --cluster.key-file of the other nodes")
            .formatted(hex(id), keys.stream().map(key -> hex(keyId(key))).toList()));
  }

  /// The id of the key that sealed these bytes, empty if they are open. It says nothing of the key.
  public static String keyId(ByteReader in) {
    return in.u8() == OPEN ? "" : hex(in.bytes());
  }

  private static String hex(byte[] id) {
    return HexFormat.of().formatHex(id);
  }

  private static byte[] crypt(int mode, byte[] key, byte[] nonce, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new MalformedBytesException(
          "the sealed configuration can not be opened: " + e.getMessage());
    }
  }

  private static byte[] keyId(byte[] key) {
    return Arrays.copyOf(sha256(key), 8);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
