// The function that functions-framework serves: takes events, and answers with what the app has to say.

const { handle } = require('./tax')

exports.doPost = async (req, res) => {
  const caller = { token: req.get('bkper-oauth-token'), agentId: req.get('bkper-agent-id') }
  try {
    res.json(await handle(req.body, caller))
  } catch (error) {
    // Bkper shows the error to the user; the status says that the event was handled.
    res.json({ error: error.message })
  }
}
