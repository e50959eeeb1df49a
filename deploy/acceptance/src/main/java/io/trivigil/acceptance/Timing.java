package io.trivigil.acceptance;

/// The intervals of a run, seconds, in place of the operator's.
///
/// @param scrape scrape_interval and, since the default is longer, scrape_timeout; 15 in the files
/// @param evaluation the rule group's interval; 30 in the files
/// @param hold `for` of MasterServerDown; 60 in the files
/// @param groupWait group_wait; 30 in the files
/// @param groupInterval group_interval; 300 in the files
record Timing(int scrape, int evaluation, int hold, int groupWait, int groupInterval) {
  /// What a run takes: short, but far from the limits that are checked.
  static final Timing RUN = new Timing(2, 2, 10, 3, 5);

  /// The slack that the promise leaves for everything else.
  static final int SLACK = 2;
}
