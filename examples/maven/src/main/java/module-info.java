module dev.berth.example {}
