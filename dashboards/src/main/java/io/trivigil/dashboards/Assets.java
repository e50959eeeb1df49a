package io.trivigil.dashboards;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/// The bundle that `frontend/` built, held in memory. Immutable.
///
/// A manifest maps plain names to names with a hash (`app.js` to `app-4F2K7Q.js`). Without a bundle
/// (a build with `-Dfrontend.skip`) pages render without scripts and styles.
public final class Assets {
  /// The path below the route prefix under which all assets stand.
  public static final String PATH = "assets/";

  private static final String MANIFEST = "manifest.properties";
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "txt", "text/plain; charset=utf-8",
          "map", "application/json");

  private final Map<String, String> hashedNames;
  private final Map<String, Asset> assets;

  private Assets(Map<String, String> hashedNames, Map<String, Asset> assets) {
    this.hashedNames = hashedNames;
    this.assets = assets;
  }

  /// Reads the bundle from this program's own files.
  public static Assets load() {
    Map<String, String> hashedNames = new TreeMap<>();
    Map<String, Asset> assets = new LinkedHashMap<>();
    try {
      Optional<byte[]> manifest = read(MANIFEST);
      if (manifest.isPresent()) {
        Properties names = new Properties();
        names.load(new ByteArrayInputStream(manifest.get()));
        for (String plain : names.stringPropertyNames()) {
          String hashed = names.getProperty(plain);
          hashedNames.put(plain, hashed);
          assets.put(hashed, asset(hashed));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("assets cannot be read from the program", e);
    }
    return new Assets(hashedNames, assets);
  }

  private static Asset asset(String name) throws IOException {
    byte[] bytes =
        read(name)
            .orElseThrow(() -> new IOException("manifest names a file that is missing: " + name));
    byte[] small = zipped(bytes);
    return new Asset(
        name,
        TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream"),
        true,
        bytes,
        small.length < bytes.length * 9L / 10 ? Optional.of(small) : Optional.empty());
  }

  private static Optional<byte[]> read(String name) throws IOException {
    try (InputStream in = Assets.class.getResourceAsStream("assets/" + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    }
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  /// Returns the asset with this name (hash included), as it stands after [#PATH] in an address.
  public Optional<Asset> find(String name) {
    return Optional.ofNullable(assets.get(name));
  }

  /// Returns the hashed name of `app.js` and the like, if the bundle has it.
  public Optional<String> hashedName(String plainName) {
    return Optional.ofNullable(hashedNames.get(plainName));
  }

  /// Returns whether there is no bundle.
  public boolean isEmpty() {
    return assets.isEmpty();
  }

  String url(String plainName, String root) {
    return root + PATH + hashedNames.getOrDefault(plainName, plainName);
  }
}
