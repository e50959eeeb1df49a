package io.trivigil.config.version;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;

/// What a member says of itself at its start, and whenever something of it changes.
///
/// At feature level 1 only the first four fields travel, `offered` in the place of `hash`. The
/// level itself must be known before the cluster can rise to 2, so it travels behind
/// `clockAgainst`, which a build of level 1 keeps as it is and compares with node ids.
///
/// @param hash of the configuration on its own disk now, see [ConfigBundle#hash]; empty if it can
///   not be read
/// @param url where its HTTP port answers, without a slash at its end
/// @param clockOffsetMs how far its clock is ahead of that of `clockAgainst`, ms
/// @param clockAgainst the node that led when the clocks were compared; empty if they never were
/// @param featureLevel the newest that its build knows
/// @param version of its program
/// @param startedMs when its process started, by its own clock, epoch ms; 0 when unknown
/// @param offered the hash of what it read at its start or by its last reload: what all members
///   offer is adopted
/// @param driftFiles which of its files differ from the version in force, at most
///   [#MAX_DRIFT_FILES]
/// @param problem what is wrong with its files or its key, empty if nothing
public record MemberReport(
    String hash,
    String url,
    long clockOffsetMs,
    String clockAgainst,
    int featureLevel,
    String version,
    long startedMs,
    String offered,
    List<String> driftFiles,
    String problem) {
  /// The most files that are named.
  public static final int MAX_DRIFT_FILES = 20;

  /// The longest problem, characters; the rest is cut off.
  public static final int MAX_PROBLEM_CHARS = 1_000;

  private static final int FORMAT = 2;
  private static final String LEVEL = ";level=";

  public MemberReport {
    driftFiles = List.copyOf(driftFiles.subList(0, Math.min(MAX_DRIFT_FILES, driftFiles.size())));
    problem = cut(problem);
  }

  private static String cut(String text) {
    if (text.length() <= MAX_PROBLEM_CHARS) {
      return text;
    }
    // Half of a surrogate pair would not survive the log.
    boolean split = Character.isHighSurrogate(text.charAt(MAX_PROBLEM_CHARS - 1));
    return text.substring(0, MAX_PROBLEM_CHARS - (split ? 1 : 0));
  }

  /// A report of level 1: what its files are, where it answers, how its clock goes.
  public static MemberReport of(String hash, String url, long clockOffsetMs, String clockAgainst) {
    return new MemberReport(hash, url, clockOffsetMs, clockAgainst, 1, "", 0, hash, List.of(), "");
  }

  /// This report with what is known of the clock.
  public MemberReport withClock(long offsetMs, String against) {
    return new MemberReport(
        hash,
        url,
        offsetMs,
        against,
        featureLevel,
        version,
        startedMs,
        offered,
        driftFiles,
        problem);
  }

  /// What of this report travels at a level.
  public MemberReport at(int level) {
    return level >= FeatureLevel.TWO.number()
        ? this
        : new MemberReport(
            offered, url, clockOffsetMs, clockAgainst, featureLevel, "", 0, offered, List.of(), "");
  }

  /// As a build of level 1 reads and writes it.
  void encodeFirst(ByteWriter out) {
    String level = featureLevel == 1 ? "" : LEVEL + featureLevel;
    out.string(offered).string(url).zigzag(clockOffsetMs).string(clockAgainst + level);
  }

  static MemberReport decodeFirst(ByteReader in) {
    String hash = in.string();
    String url = in.string();
    long offsetMs = in.zigzag();
    String against = in.string();
    int at = against.indexOf(LEVEL);
    int level = at < 0 ? 1 : level(against.substring(at + LEVEL.length()));
    String node = at < 0 ? against : against.substring(0, at);
    return new MemberReport(hash, url, offsetMs, node, level, "", 0, hash, List.of(), "");
  }

  private static int level(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new MalformedBytesException("member report: level is no number: " + text);
    }
  }

  void encode(ByteWriter out) {
    out.u8(FORMAT).string(hash).string(url).zigzag(clockOffsetMs).string(clockAgainst);
    out.varint(featureLevel).string(version).zigzag(startedMs).string(offered);
    out.varint(driftFiles.size());
    driftFiles.forEach(out::string);
    out.string(problem);
  }

  static MemberReport decode(ByteReader in) {
    int format = in.u8();
    if (format != FORMAT) {
      throw new MalformedBytesException(
          "member report: expected format=%d found=%d".formatted(FORMAT, format));
    }
    String hash = in.string();
    String url = in.string();
    long offsetMs = in.zigzag();
    String against = in.string();
    int level = in.intVarint();
    String version = in.string();
    long startedMs = in.zigzag();
    String offered = in.string();
    List<String> files = new ArrayList<>();
    for (int i = in.count(1); i > 0; i--) {
      files.add(in.string());
    }
    return new MemberReport(
        hash, url, offsetMs, against, level, version, startedMs, offered, files, in.string());
  }
}
