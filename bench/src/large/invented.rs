//! Values for deliveries that never were: as uneven as those of real ones.

/// Numbers in no order, the same each time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        of[usize::try_from(self.roll(N as u64)).unwrap_or(0)]
    }
}

/// One of 2,000.
pub(super) fn book(dice: &mut Dice) -> String {
    format!("agtzfmJrcGVyLWhyZHITCx{:05}", dice.roll(2_000))
}

/// One of 5,000.
pub(super) fn agent(dice: &mut Dice) -> String {
    format!("agent-{:05}", dice.roll(5_000))
}

/// More often the first ones.
pub(super) fn event_type(dice: &mut Dice) -> &'static str {
    const TYPES: [&str; 6] = [
        "TRANSACTION_CHECKED",
        "TRANSACTION_POSTED",
        "TRANSACTION_CREATED",
        "TRANSACTION_UPDATED",
        "ACCOUNT_UPDATED",
        "FILE_CREATED",
    ];
    let sides = dice.roll(6) + 1;
    TYPES[usize::try_from(dice.roll(sides)).unwrap_or(0)]
}

/// One of three.
pub(super) fn hook(dice: &mut Dice) -> &'static str {
    dice.pick(["tax-bot", "tax-bot", "tax-bot", "exchange-bot", "stock-bot"])
}
